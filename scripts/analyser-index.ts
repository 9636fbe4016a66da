import { analysers } from "../src/engines/contents/analysers.ts";

/** The module by which the analysers are known without being loaded; not formatted. */
export function analyserIndex(header: string): string {
  const declared = analysers.filter(({ evidence }) => evidence === "declared");
  const unlisted = declared.find(({ directories, executables }) => directories !== undefined || executables === true);
  if (unlisted !== undefined) throw new Error(`${unlisted.id}: a lockfile is known by its name or its ending`);
  const versions = analysers.map(({ id, version }) => [id, version]);
  const names = [...new Set(declared.flatMap(({ basenames = [] }) => basenames))].sort();
  const endings = [...new Set(declared.flatMap(({ extensions = [] }) => extensions))].sort();
  return `// ${header}

/** Every analyser's id and version, in their order. */
export const analyserVersions: readonly (readonly [id: string, version: number])[] = ${JSON.stringify(versions)};

/** Base names of files that may be lockfiles. */
export const lockfileNames: ReadonlySet<string> = new Set(${JSON.stringify(names)});

/** Endings of such names, lower case. */
export const lockfileEndings: readonly string[] = ${JSON.stringify(endings)};
`;
}
