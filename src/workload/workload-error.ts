/** A workload that cannot be made from what the user gave: the message is one line for a person. */
export class WorkloadError extends Error {
  override readonly name: string = "WorkloadError";
}
