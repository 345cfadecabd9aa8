/* host PORT: a libwebsockets server that gets its protocol from rooms.so beside it: the nearest to a host
   with plugins among the libraries that Debian ships. (Debian's build leaves out libwebsockets' own search
   for plugins, so the file is opened here; what it exports is as libwebsockets wants it.) */
#include <dlfcn.h>
#include <libgen.h>
#include <libwebsockets.h>
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

int main(int count, char **words) {
    if (count < 2) {
        fputs("usage: host PORT\n", stderr);
        return 1;
    }
    const struct lws_protocols *protocol = load_protocol();
    if (!protocol) return 1;
    raise_file_limit();
    lws_set_log_level(LLL_ERR, NULL);
    const struct lws_protocols protocols[] = {*protocol, {0}};
    struct lws_context_creation_info info = {
        .port = atoi(words[1]), .iface = "lo", .protocols = protocols, .gid = (gid_t)-1, .uid = (uid_t)-1,
        .pt_serv_buf_size = 1 << 16,
    };
    struct lws_context *context = lws_create_context(&info);
    if (!context) return 1;
    while (lws_service(context, 0) >= 0) {}
    lws_context_destroy(context);
}
