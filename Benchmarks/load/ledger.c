#include "ledger.h"

static uint64_t shifted(uint64_t bits, uint32_t by) {
    return by < 64 ? bits << by : 0;
}

enum arrival stream_take(struct stream *stream, uint32_t sequence) {
    if (sequence == stream->next) {
        stream->next++;
        stream->missing <<= 1;
        return ARRIVAL_DUE;
    }
    if (sequence > stream->next) {
        uint32_t skipped = sequence - stream->next;
        stream->next = sequence + 1;
        uint64_t all_skipped = skipped < 64 ? shifted(1, skipped) - 1 : UINT64_MAX;
        stream->missing = shifted(stream->missing, skipped + 1) | all_skipped << 1;
        return ARRIVAL_EARLY;
    }
    uint32_t distance = stream->next - 1 - sequence;
    if ((stream->missing & shifted(1, distance)) == 0) return ARRIVAL_REPEATED;
    stream->missing &= ~shifted(1, distance);
    return ARRIVAL_LATE;
}
