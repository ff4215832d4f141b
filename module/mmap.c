// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page-backed mappings. The page tables get ordinary pages, never bare frame
 * numbers: remap_pfn_range() would make the mapping one that get_user_pages()
 * refuses, and with it direct I/O (check_vma_flags() in mm/gup.c).
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "compat/vm_flags.h"
#include "region.h"

/*
 * Pages entered by one fault. Memory that is mapped is memory that is about
 * to be walked through, and the page after this one costs a tenth of a fault.
 */
#define FAULT_PAGES	64UL

static vm_fault_t insert_pages(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct memlane_region *region = vma->vm_private_data;
	unsigned long addr = vmf->address & PAGE_MASK;
	struct page *pages[FAULT_PAGES];
	unsigned long nr, i;
	int err;

	if (vmf->pgoff >= region->nr_pages)
		return VM_FAULT_SIGBUS;

	nr = min3(FAULT_PAGES, (vma->vm_end - addr) >> PAGE_SHIFT,
		  region->nr_pages - vmf->pgoff);
	for (i = 0; i < nr; i++)
		pages[i] = memlane_page(region, vmf->pgoff + i);

	/* Stops at an entry that is there: of an earlier fault, or a race. */
	err = vm_insert_pages(vma, addr, pages, &nr);
	if (err == -ENOMEM)
		return VM_FAULT_OOM;
	if (err && err != -EBUSY)
		return VM_FAULT_SIGBUS;
	return VM_FAULT_NOPAGE;
}

/* The kernel maps the folio around the page with one entry, where it can. */
static vm_fault_t hand_out_page(struct vm_fault *vmf)
{
	struct memlane_region *region = vmf->vma->vm_private_data;

	if (vmf->pgoff >= region->nr_pages)
		return VM_FAULT_SIGBUS;
	vmf->page = memlane_page(region, vmf->pgoff);
	get_page(vmf->page);
	return 0;
}

static vm_fault_t memlane_fault(struct vm_fault *vmf)
{
	if (vmf->vma->vm_flags & VM_MIXEDMAP)
		return insert_pages(vmf);
	return hand_out_page(vmf);
}

/* Also when a mapping is split, or copied by fork(). */
static void memlane_vma_open(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_MAYWRITE)
		memlane_screen_map(vma->vm_private_data);
}

static void memlane_vma_close(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_MAYWRITE)
		memlane_screen_unmap(vma->vm_private_data);
}

static const struct vm_operations_struct memlane_vm_ops = {
	.open = memlane_vma_open,
	.close = memlane_vma_close,
	.fault = memlane_fault,
};

/*
 * Whether one entry at least will map a folio of PMD_SIZE, which saves page
 * tables, faults, and most of what pinning costs. The price is that elsewhere
 * in the mapping a fault brings one page.
 */
static bool is_huge(const struct memlane_region *region,
		    const struct vm_area_struct *vma)
{
	unsigned long first = ALIGN(vma->vm_start, PMD_SIZE);
	unsigned long skew = (vma->vm_start >> PAGE_SHIFT) - vma->vm_pgoff;

	return region->huge && IS_ALIGNED(skew, MEMLANE_HUGE_PAGES) &&
	       first < vma->vm_end && vma->vm_end - first >= PMD_SIZE;
}

/**
 * memlane_region_mmap() - map a part of a region
 * @region: the region, in use by the file that is mapped, which the mapping
 *	holds
 * @vma: the mapping to be
 *
 * Return: 0; -EINVAL for a private mapping or a range past the end; -EPERM
 *	for an executable one.
 */
int memlane_region_mmap(struct memlane_region *region,
			struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (vma->vm_pgoff >= region->nr_pages ||
	    vma_pages(vma) > region->nr_pages - vma->vm_pgoff)
		return -EINVAL;

	/* MIXEDMAP lets a fault insert pages; it does not hinder pinning. */
	memlane_vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP |
			     (is_huge(region, vma) ? 0 : VM_MIXEDMAP),
			     VM_MAYEXEC);
	vma->vm_private_data = region;
	vma->vm_ops = &memlane_vm_ops;
	memlane_vma_open(vma);
	return 0;
}
