// metadata.c - the words that pictures carry along, from the blocks that their formats share.
#include "metadata.h"

#include "exif.h"

void metadata_read(const struct metadata *blocks, struct codec_facts *facts)
{
    if (blocks->exif)
        exif_read(blocks->exif, blocks->exif_length, facts);
    if (blocks->iptc)
        iptc_read(blocks->iptc, blocks->iptc_length, facts);
    if (blocks->xmp)
        xmp_read(blocks->xmp, blocks->xmp_length, facts);
}
