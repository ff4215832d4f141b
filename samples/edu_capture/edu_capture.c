// SPDX-License-Identifier: GPL-2.0-only
/*
 * A capture card as memlane's client, with QEMU's edu device as the card. Its
 * own memory plays the sensor: before each block of a frame, the engine carries
 * a fresh pattern there, and then, as a real card would, from there to the slot.
 *
 *	RAM, pattern --> the device's memory --> slot, block by block
 *
 * No CPU touches a slot. The frame is committed from the interrupt that tells
 * of its last block.
 */
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "edu.h"
#include "memlane.h"
#include "pattern.h"

/* Of the next card that is bound. */
static unsigned int frame_size = 2 * EDU_BLOCK;
module_param(frame_size, uint, 0644);
MODULE_PARM_DESC(frame_size, "bytes of a frame, a multiple of 2048 (default 4096)");

static unsigned int slots = 8;
module_param(slots, uint, 0644);
MODULE_PARM_DESC(slots, "frames that the ring has room for (default 8)");

static unsigned int frames;
module_param(frames, uint, 0644);
MODULE_PARM_DESC(frames, "stop after so many; 0 (default): never");

static bool drop_oldest;
module_param(drop_oldest, bool, 0644);
MODULE_PARM_DESC(drop_oldest, "when no slot is free, lose the oldest frame");

static unsigned int dma_bits = 28;
module_param(dma_bits, uint, 0644);
MODULE_PARM_DESC(dma_bits, "of an address, as QEMU's dma_mask (default 28)");

static DEFINE_IDA(edu_numbers);

/**
 * struct edu - a card
 * @pdev: its PCI function
 * @bar: its registers
 * @irq: its interrupt
 * @number: the region is eduNUMBER
 * @frame_size: bytes of a frame
 * @slot_size: bytes from one slot to the next
 * @frames: how many are wanted, or 0
 * @client: the region
 * @pattern: what the sensor is to see next, in RAM
 * @pattern_dma: the same for the engine
 * @slot: being filled
 * @offset: of the block in it that is on its way
 * @frame: that is on its way
 * @seen: the block is in the device's memory; the engine carries it to the slot
 * @stopping: no further block
 *
 * From the first block on, only the interrupt handler touches the last four.
 */
struct edu {
	struct pci_dev *pdev;
	void __iomem *bar;
	int irq;
	int number;
	u32 frame_size;
	u32 slot_size;
	u32 frames;
	struct memlane_client *client;
	u64 *pattern;
	dma_addr_t pattern_dma;
	u32 slot;
	u32 offset;
	u64 frame;
	bool seen;
	bool stopping;
};

/* The device has at most 32 bits of address here, see edu_set_mask(). */
static void start_engine(struct edu *edu, u32 source, u32 target, u32 command)
{
	writel(source, edu->bar + EDU_DMA_SOURCE);
	writel(target, edu->bar + EDU_DMA_TARGET);
	writel(EDU_BLOCK, edu->bar + EDU_DMA_COUNT);
	writel(command | EDU_COMMAND_RUN | EDU_COMMAND_INTERRUPT,
	       edu->bar + EDU_DMA_COMMAND);
}

/* Light falls on the sensor. */
static void expose(struct edu *edu)
{
	u32 i;

	for (i = 0; i < EDU_BLOCK / sizeof(u64); i++)
		edu->pattern[i] = edu_pattern(edu->frame,
					      edu->offset + i * sizeof(u64));
	edu->seen = false;
	start_engine(edu, edu->pattern_dma, EDU_BUFFER, 0);
}

/* A block at a multiple of its size is part of one page, hence in one piece. */
static void read_out(struct edu *edu)
{
	u64 at = (u64)edu->slot * edu->slot_size + edu->offset, bytes;
	dma_addr_t target = memlane_client_dma(edu->client, at, &bytes);

	edu->seen = true;
	start_engine(edu, EDU_BUFFER, target, EDU_COMMAND_TO_RAM);
}

/* Another slot is at hand afterwards, or, if the frame was dropped, the same. */
static void commit(struct edu *edu)
{
	struct memlane_frame frame = {
		.slot = edu->slot,
		.length = edu->frame_size,
	};

	if (memlane_client_commit(edu->client, &frame))
		dev_err_ratelimited(&edu->pdev->dev, "slot %u is not ours\n",
				    edu->slot);
	edu->slot = frame.slot;
	edu->offset = 0;
	edu->frame++;
}

/* Interrupts follow each other one by one: the engine does one thing a time. */
static irqreturn_t edu_interrupt(int irq, void *data)
{
	struct edu *edu = data;
	u32 status = readl(edu->bar + EDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;
	writel(status, edu->bar + EDU_IRQ_ACK);
	if (READ_ONCE(edu->stopping))
		return IRQ_HANDLED;

	if (!edu->seen) {
		read_out(edu);
		return IRQ_HANDLED;
	}
	edu->offset += EDU_BLOCK;
	if (edu->offset == edu->frame_size)
		commit(edu);
	if (!edu->frames || edu->frame < edu->frames)
		expose(edu);
	return IRQ_HANDLED;
}

/*
 * An engine that runs cannot be told to stop, but it stops by itself. After
 * that nothing is written to the ring any more, which is what
 * memlane_client_remove() counts on. A card that was pulled out reads as ones.
 */
static void edu_stop(struct edu *edu)
{
	u32 command;

	WRITE_ONCE(edu->stopping, true);
	synchronize_irq(edu->irq);
	if (readl_poll_timeout(edu->bar + EDU_DMA_COMMAND, command,
			       !(command & EDU_COMMAND_RUN) || !~command,
			       USEC_PER_MSEC, 2 * USEC_PER_SEC))
		dev_err(&edu->pdev->dev, "the engine does not stop\n");
	/* Whatever it does now does not get to memory. */
	pci_clear_master(edu->pdev);
}

static struct memlane_client *create_region(struct edu *edu)
{
	char name[MEMLANE_NAME_SIZE];
	const struct memlane_client_spec wish = {
		.name = name,
		.slot_size = edu->slot_size,
		.slots = slots,
		.policy = drop_oldest ? MEMLANE_POLICY_DROP_OLDEST :
					MEMLANE_POLICY_DROP_NEWEST,
	};

	snprintf(name, sizeof(name), "edu%d", edu->number);
	return memlane_client_create(&edu->pdev->dev, &wish);
}

static int edu_set_mask(struct edu *edu)
{
	struct device *dev = &edu->pdev->dev;

	if (dma_bits < 24 || dma_bits > 32)
		return dev_err_probe(dev, -EINVAL,
				     "dma_bits is %u, not 24 to 32\n",
				     dma_bits);
	return dma_set_mask_and_coherent(dev, DMA_BIT_MASK(dma_bits));
}

/* What is managed goes by itself, after edu_remove(). */
static int edu_set_up(struct edu *edu)
{
	struct pci_dev *pdev = edu->pdev;
	int err;

	err = pcim_enable_device(pdev);
	if (!err)
		err = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (!err)
		err = edu_set_mask(edu);
	if (err)
		return err;
	edu->bar = pcim_iomap_table(pdev)[0];
	edu->pattern = dmam_alloc_coherent(&pdev->dev, EDU_BLOCK,
					   &edu->pattern_dma, GFP_KERNEL);
	return edu->pattern ? 0 : -ENOMEM;
}

static int edu_request_irq(struct edu *edu)
{
	int err;

	err = pci_alloc_irq_vectors(edu->pdev, 1, 1, PCI_IRQ_MSI);
	if (err < 0)
		return err;
	edu->irq = pci_irq_vector(edu->pdev, 0);
	err = request_irq(edu->irq, edu_interrupt, 0, KBUILD_MODNAME, edu);
	if (err)
		pci_free_irq_vectors(edu->pdev);
	return err;
}

static int edu_start(struct edu *edu)
{
	int err;

	edu->client = create_region(edu);
	if (IS_ERR(edu->client))
		return dev_err_probe(&edu->pdev->dev, PTR_ERR(edu->client),
				     "no region\n");
	err = memlane_client_acquire(edu->client, &edu->slot);
	if (!err)
		err = edu_request_irq(edu);
	if (err) {
		memlane_client_remove(edu->client);
		return err;
	}
	pci_set_master(edu->pdev);
	expose(edu);
	return 0;
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu *edu = devm_kzalloc(&pdev->dev, sizeof(*edu), GFP_KERNEL);
	int err;

	if (!edu)
		return -ENOMEM;
	edu->pdev = pdev;
	edu->frame_size = frame_size;
	edu->slot_size = PAGE_ALIGN(frame_size);
	edu->frames = frames;
	if (!edu->slot_size || edu->frame_size % EDU_BLOCK)
		return dev_err_probe(&pdev->dev, -EINVAL,
				     "frame_size is %u, no multiple of %d\n",
				     edu->frame_size, EDU_BLOCK);
	pci_set_drvdata(pdev, edu);
	err = edu_set_up(edu);
	if (err)
		return err;

	edu->number = ida_alloc(&edu_numbers, GFP_KERNEL);
	if (edu->number < 0)
		return edu->number;
	err = edu_start(edu);
	if (err)
		ida_free(&edu_numbers, edu->number);
	return err;
}

/* The device first, then whom it writes to. */
static void edu_remove(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	edu_stop(edu);
	free_irq(edu->irq, edu);
	pci_free_irq_vectors(pdev);
	memlane_client_remove(edu->client);
	ida_free(&edu_numbers, edu->number);
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR_ID, EDU_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("QEMU's edu device as a capture card with a memlane region");
MODULE_AUTHOR("The memlane authors");
MODULE_LICENSE("GPL");
