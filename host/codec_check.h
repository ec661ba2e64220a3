// codec_check.h - what a worker sends is believed only after this. Any thread.
#pragma once

#include "codec/job.h"

// Whether the answer can be one to this job: numbers in their ranges, texts ended. Texts are
// cleaned of what is not printable.
bool codec_check_answer(struct codec_answer *answer, const struct codec_job *job);
// Whether the bytes are a baseline JPEG of that size from the first to the last, with segments that
// a converted picture may have and nothing else.
bool codec_check_jpeg(const uint8_t *bytes, size_t length, int width, int height);
// Whether they are a film (codec/film.h) of such JPEG pictures, all of that size, and nothing else.
bool codec_check_film(const uint8_t *bytes, size_t length, int width, int height);
