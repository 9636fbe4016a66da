/** What a review may hold. etcd stores at most 1.5 MB an object, and an update's review carries the old one beside it. */
export const bounds = {
  /** Bytes of one AdmissionReview. */
  reviewBytes: 8 * 1024 * 1024,
  /** How deep its JSON may nest. */
  depth: 100,
  /** Images that are looked at in one object; more are unknown. */
  images: 1_000,
  /** Pod specs in one object of a custom kind. */
  pods: 100,
  /** Characters of `status.message`. */
  messageCharacters: 8_000,
  warnings: 20,
  warningBytes: 256,
  /** Policies that verify images, of one cluster: each is held against every namespace. */
  verifiers: 200,
  /** Characters of what an API server says of a probe. */
  probeMessageCharacters: 1_200,
};
