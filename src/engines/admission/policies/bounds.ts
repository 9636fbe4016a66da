/** What a policy may hold, as the API server has it, and what evaluating policies may cost. */
export const bounds = {
  policies: 2_000,
  bindings: 5_000,
  matchConditions: 64,
  auditAnnotations: 20,
  /** Of a policy's validations and variables each; the API server's own bound is the size of the object. */
  expressions: 500,
  /** Objects of parameters that one binding may select; more are unknown. */
  params: 100,
  /** Steps of all expressions over one request (engines/cel/bounds.ts has those of one expression). About a second. */
  steps: 2_000_000,
  /** Questions to the cluster's authorization over one request. */
  questions: 20,
  /** How often expressions are evaluated anew with answers to what they asked. */
  rounds: 4,
  /** Bytes of what a messageExpression comes to. */
  messageBytes: 5 * 1024,
  /** Characters of a message as it is told on. */
  messageCharacters: 1_000,
  /** Bytes of an audit annotation's value. */
  annotationBytes: 10 * 1024,
} as const;
