/**
 * How often a property is tried: as often as `usual` says in the suite, a part of it in `make quick`,
 * a multiple in `make soak` (test/properties.soak.ts), which names the files that ask here.
 */
export const runs = (usual: number): { readonly numRuns: number } => ({
  numRuns: Math.ceil(usual * Number(process.env.TIMES_AS_MANY_RUNS ?? 1)),
});
