/** The longest payload of a data frame, in bytes. */
export const maxDataBytes = 64 * 1024

/** What a frame costs beside its bytes, so that a flood of tiny frames fills the window too. */
const frameCostBytes = 64

/**
 * How much of one stream may be under way or wait for its consumer, in bytes: a number of full frames, since a window that
 * ends within a frame makes a tiny one of the rest, again and again.
 */
export const windowBytes = 8 * (maxDataBytes + frameCostBytes)

export function frameCost(payloadBytes: number): number {
  return payloadBytes + frameCostBytes
}

/** How many bytes a frame may hold that costs no more than `credit`; 0 or less when none fits. */
export function affordableBytes(credit: number): number {
  return Math.min(maxDataBytes, credit - frameCostBytes)
}
