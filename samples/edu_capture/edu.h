/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's educational device (docs/specs/edu in QEMU): 4 KiB of memory of its
 * own, an engine that copies between that and RAM, and an interrupt.
 */
#ifndef EDU_CAPTURE_EDU_H
#define EDU_CAPTURE_EDU_H

#define EDU_VENDOR_ID		0x1234
#define EDU_DEVICE_ID		0x11e8

/* Registers in BAR 0. */
#define EDU_IRQ_STATUS		0x24
#define EDU_IRQ_ACK		0x64
#define EDU_DMA_SOURCE		0x80
#define EDU_DMA_TARGET		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_COMMAND		0x98

#define EDU_COMMAND_RUN		0x1	/* reads as 1 until it is done */
#define EDU_COMMAND_TO_RAM	0x2	/* else from RAM */
#define EDU_COMMAND_INTERRUPT	0x4	/* when it is done */

/* Its memory, as its engine addresses it. */
#define EDU_BUFFER		0x40000
/*
 * What is carried at once. QEMU before 8.2.1 takes the last byte of the 4 KiB
 * for one too many, and dies.
 */
#define EDU_BLOCK		2048

#endif /* EDU_CAPTURE_EDU_H */
