// SPDX-License-Identifier: GPL-2.0-only
/*
 * sendfile() and splice() from the node: the pipe gets the pages themselves.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pipe_fs_i.h>
#include <linux/splice.h>

#include "region.h"

static void release_page(struct splice_pipe_desc *spd, unsigned int i)
{
	put_page(spd->pages[i]);
}

/**
 * memlane_splice_read() - the node's splice_read
 * @file: an open region
 * @ppos: position in it, moved by what the pipe took
 * @pipe: the pipe
 * @len: bytes at most
 * @flags: SPLICE_F_*
 *
 * A page in a pipe outlives this file. The pipe's operations on it are the
 * kernel's own, so the module can be unloaded; the backing of a reserved range
 * waits for the page itself.
 *
 * Return: bytes, 0 at the region's end, or a negative errno.
 */
ssize_t memlane_splice_read(struct file *file, loff_t *ppos,
			    struct pipe_inode_info *pipe, size_t len,
			    unsigned int flags)
{
	struct memlane_region *region = memlane_region_of(file);
	struct page *pages[PIPE_DEF_BUFFERS];
	struct partial_page partial[PIPE_DEF_BUFFERS];
	struct splice_pipe_desc spd = {
		.pages = pages,
		.partial = partial,
		.nr_pages_max = PIPE_DEF_BUFFERS,
		.ops = &nosteal_pipe_buf_ops,
		.spd_release = release_page,
	};
	u64 pos = *ppos;
	ssize_t ret;

	if (!len || pos >= region->size)
		return 0;
	len = min_t(u64, len, region->size - pos);

	while (len && spd.nr_pages < PIPE_DEF_BUFFERS) {
		unsigned int offset = offset_in_page(pos);
		unsigned int bytes = min_t(size_t, len, PAGE_SIZE - offset);
		struct page *page = memlane_page(region, pos >> PAGE_SHIFT);

		get_page(page);
		pages[spd.nr_pages] = page;
		partial[spd.nr_pages] = (struct partial_page){
			.offset = offset,
			.len = bytes,
		};
		spd.nr_pages++;
		pos += bytes;
		len -= bytes;
	}

	ret = splice_to_pipe(pipe, &spd);
	if (ret > 0)
		*ppos += ret;
	return ret;
}
