# SPDX-License-Identifier: GPL-2.0-only
# What the kernel's own headers say, since distributions carry changes back to
# kernels of older numbers. Each probe is a macro that compat/*.h asks for.

# probe NAME, HEADER, PATTERN: -DMEMLANE_HAVE_NAME if a line of it matches; for
# make's sake a dot in PATTERN stands for a parenthesis or a comma
memlane-probe = $(if $(shell grep -s -E -e '$(3)' $(srctree)/include/$(2)),-DMEMLANE_HAVE_$(1))

memlane-probes := \
	$(call memlane-probe,CLASS_CREATE_NAME,linux/device/class.h,class_create.const char) \
	$(call memlane-probe,CONST_DEVNODE,linux/device/class.h,devnode..const struct device) \
	$(call memlane-probe,VM_FLAGS_MOD,linux/mm.h,void vm_flags_mod.) \
	$(call memlane-probe,EXCLUSIVE_MAX_ORDER,linux/mmzone.h,MAX_ORDER_NR_PAGES.*MAX_ORDER - 1) \
	$(call memlane-probe,ASSIGN_STR_SOURCE,trace/stages/stage6_event_callback.h,define __assign_str.dst. src)
