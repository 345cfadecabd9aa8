/* host PORT [tls CERTIFICATE KEY] [deflate LEVEL]: a libwebsockets server that gets its protocol from
   rooms.so beside it: the nearest to a host with plugins among the libraries that Debian ships. (Debian's
   build leaves out libwebsockets' own search for plugins, so the file is opened here; what it exports is as
   libwebsockets wants it.) */
#include <dlfcn.h>
#include <libgen.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct lws_protocols *load_protocol(void) {
    char path[4096] = "";
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);
    if (length < 0) return NULL;
    path[length] = 0;
    strcat(dirname(path), "/rooms.so");
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const lws_plugin_protocol_t *plugin = library ? dlsym(library, "rooms") : NULL;
    if (!plugin || plugin->hdr.api_magic != LWS_PLUGIN_API_MAGIC) {
        fprintf(stderr, "host: %s: %s\n", path, plugin ? "made for another libwebsockets" : dlerror());
        return NULL;
    }
    return plugin->protocols;
}

static void raise_file_limit(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
    {0},
};

/* False: they are not understood. */
static bool take_words(char **words, struct lws_context_creation_info *info) {
    if (!*words) return false;
    info->port = atoi(*words++);
    while (*words) {
        if (strcmp(words[0], "tls") == 0 && words[1] && words[2]) {
            info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
            info->ssl_cert_filepath = words[1];
            info->ssl_private_key_filepath = words[2];
            words += 3;
        } else if (strcmp(words[0], "deflate") == 0 && words[1]) {
            info->extensions = extensions;
            info->user = words[1];
            words += 2;
        } else {
            return false;
        }
    }
    return true;
}

int main(int count, char **words) {
    (void)count;
    const struct lws_protocols *protocol = load_protocol();
    if (!protocol) return 1;
    raise_file_limit();
    lws_set_log_level(LLL_ERR, NULL);
    const struct lws_protocols protocols[] = {*protocol, {0}};
    struct lws_context_creation_info info = {
        .iface = "lo", .protocols = protocols, .gid = (gid_t)-1, .uid = (uid_t)-1,
        .pt_serv_buf_size = 1 << 16,
    };
    if (!take_words(words + 1, &info)) {
        fputs("usage: host PORT [tls CERTIFICATE KEY] [deflate LEVEL]\n", stderr);
        return 1;
    }
    struct lws_context *context = lws_create_context(&info);
    if (!context) return 1;
    while (lws_service(context, 0) >= 0) {}
    lws_context_destroy(context);
}
