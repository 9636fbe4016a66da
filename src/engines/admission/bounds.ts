/** What a review may hold. etcd stores at most 1.5 MB an object, and an update's review carries the old one beside it. */
export const bounds = {
  /** Bytes of one AdmissionReview. */
  reviewBytes: 8 * 1024 * 1024,
  /** How deep its JSON may nest. */
  depth: 100,
  /** Values of its JSON: objects, lists, and what they hold. The smallest object that fills it has some 100,000. */
  values: 1_000_000,
  /** Of a review that may be like one before it, and of all that is kept of those. */
  alikeTextBytes: 256 * 1024,
  alikeBytes: 8 * 1024 * 1024,
  /** Characters of `request.uid`, which API servers make of 36. */
  uidCharacters: 256,
  /** Of what a message repeats of the review. */
  quotedCharacters: 200,
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
