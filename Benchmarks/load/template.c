#include "template.h"

#include <stdio.h>
#include <string.h>

void letters_write(uint8_t *place, uint32_t number) {
    for (int letter = LETTERS - 1; letter >= 0; letter--, number >>= 4) place[letter] = (uint8_t)('a' + (number & 15));
}

void template_expand(struct bytes *out, const char *text, struct identity identity) {
    while (*text) {
        size_t plain = strcspn(text, "{");
        bytes_append(out, text, plain);
        text += plain;
        if (strncmp(text, "{i}", 3) == 0 || strncmp(text, "{c}", 3) == 0) {
            char digits[16];
            uint32_t number = text[1] == 'i' ? identity.connection : identity.channel;
            bytes_append(out, digits, (size_t)snprintf(digits, sizeof digits, "%u", number));
            text += 3;
        } else if (strncmp(text, "{l}", 3) == 0 || strncmp(text, "{r}", 3) == 0) {
            uint8_t letters[LETTERS];
            letters_write(letters, text[1] == 'l' ? identity.connection : identity.receiver);
            bytes_append(out, letters, sizeof letters);
            text += 3;
        } else if (strncmp(text, "{v}", 3) == 0) {
            bytes_append(out, identity.value, strlen(identity.value));
            text += 3;
        } else if (*text) {
            bytes_append(out, text, 1);
            text++;
        }
    }
}
