/** What a server's guard asks about images with, for as long as it runs: registries, advisories and roots, each as it is by then. */
import type { Problem } from "../../../core/problem.ts";
import type { ImageAssessor, PolicySet } from "../model.ts";
import { instancesOf, type KeptRoots, keepRoots } from "../roots.ts";
import { keepAdvisories } from "./advisories.ts";
import { createImageAssessor } from "./assessor.ts";
import type { RegistrySettings } from "./registry.ts";

export interface ServedImages {
  readonly assessor: ImageAssessor;
  /** Begun with `start()`, once there is a policy whose rules name some. */
  readonly roots: KeptRoots;
  /** The newest date of what the advisory database covers, ISO 8601; a Problem where there is none. */
  advisoriesAsOf(): string | undefined | Problem;
  close(): void;
}

export interface ServedImagesOptions extends Pick<RegistrySettings, "registry" | "mirrors" | "onAsked"> {
  /** Path of the advisory database; another file in its place is read within seconds. */
  readonly database: string;
  /** What updates of Sigstore's roots keep. */
  readonly rootsFolder: string;
  /** Those in force; undefined before the first. */
  readonly policies: () => PolicySet | undefined;
  /** A root is newer: rules that were opened by the old one must be opened again. */
  readonly onRootsRenewed: () => void;
}

export function openServedImages(options: ServedImagesOptions): ServedImages {
  const { database, rootsFolder, policies, onRootsRenewed, ...settings } = options;
  const { caFile } = settings.registry ?? {};
  const advisories = keepAdvisories(database);
  const roots = keepRoots({
    folder: rootsFolder,
    instances() {
      const rules = policies()?.forNamespace(undefined).policy.trust;
      return rules === undefined ? [] : instancesOf(rules);
    },
    onRenewed: onRootsRenewed,
    ...(caFile === undefined ? {} : { caFile }),
  });
  const assessor = createImageAssessor({ ...settings, advisories: () => advisories.current() });
  return {
    assessor,
    roots,
    advisoriesAsOf() {
      const current = advisories.current();
      if ("place" in current) return current;
      return current
        .status()
        .sources.flatMap(({ coverage }) => coverage.map(({ asOf }) => asOf))
        .sort()
        .at(-1);
    },
    close() {
      assessor.close();
      roots.close();
      advisories.close();
    },
  };
}
