/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: memlane:memlane_transfer_start and memlane:memlane_transfer_end.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM memlane

#if !defined(MEMLANE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MEMLANE_TRACE_H

#include <linux/tracepoint.h>

#include "compat/trace.h"
#include "region.h"

TRACE_EVENT(memlane_transfer_start,
	TP_PROTO(const struct memlane_region *region, bool save,
		 const struct memlane_transfer *args),
	TP_ARGS(region, save, args),
	TP_STRUCT__entry(
		__string(name, region->name)
		__field(bool, save)
		__field(u64, offset)
		__field(u64, length)
		__field(u64, file_offset)
		__field(u32, io_bytes)
		__field(u32, depth)
	),
	TP_fast_assign(
		memlane_assign_str(name, region->name);
		__entry->save = save;
		__entry->offset = args->offset;
		__entry->length = args->length;
		__entry->file_offset = args->file_offset;
		__entry->io_bytes = args->io_bytes;
		__entry->depth = args->depth;
	),
	TP_printk("%s %s offset=%llu length=%llu file_offset=%llu io_bytes=%u depth=%u",
		  __get_str(name), __entry->save ? "save" : "load",
		  __entry->offset, __entry->length, __entry->file_offset,
		  __entry->io_bytes, __entry->depth)
);

TRACE_EVENT(memlane_transfer_end,
	TP_PROTO(const struct memlane_region *region, bool save, u64 done,
		 long ret),
	TP_ARGS(region, save, done, ret),
	TP_STRUCT__entry(
		__string(name, region->name)
		__field(bool, save)
		__field(u64, done)
		__field(long, ret)
	),
	TP_fast_assign(
		memlane_assign_str(name, region->name);
		__entry->save = save;
		__entry->done = done;
		__entry->ret = ret;
	),
	TP_printk("%s %s done=%llu ret=%ld", __get_str(name),
		  __entry->save ? "save" : "load", __entry->done, __entry->ret)
);

#endif /* MEMLANE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
