/**
 * How often a property is tried: as often as `usual` says in the suite, a multiple of it in `make soak`
 * (test/properties.soak.ts), which names the files that ask here.
 */
export const runs = (usual: number): { readonly numRuns: number } => ({
  numRuns: usual * Number(process.env.TIMES_AS_MANY_RUNS ?? 1),
});
