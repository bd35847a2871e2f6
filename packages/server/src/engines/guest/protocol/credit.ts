/** The longest payload of a data frame, in bytes. */
export const maxDataBytes = 64 * 1024

/** What a frame costs in addition to its bytes, so that a flood of tiny frames fills the window too. */
const frameCostBytes = 64

/**
 * How much of one stream may be under way or wait for its consumer, in bytes. It is a multiple of a full frame, since otherwise
 * every window would end with a tiny frame.
 */
export const windowBytes = 8 * (maxDataBytes + frameCostBytes)

export function frameCost(payloadBytes: number): number {
  return payloadBytes + frameCostBytes
}

/** The most bytes of a frame that costs no more than `credit`; 0 or less when no frame fits. */
export function affordableBytes(credit: number): number {
  return Math.min(maxDataBytes, credit - frameCostBytes)
}
