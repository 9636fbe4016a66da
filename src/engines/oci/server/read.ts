/** Which registry server a configuration is of, and what it says. */
import type { Location } from "../../../core/location.ts";
import { distributionServer, isDistribution } from "./distribution.ts";
import { harborServer, isHarbor } from "./harbor.ts";
import type { RegistryServer, RegistrySetting } from "./model.ts";
import { settingsOf } from "./settings.ts";
import { isZot, zotServer } from "./zot.ts";

/** Undefined where it is of none that is known. */
export function serverOf(all: readonly RegistrySetting[], location: Location): RegistryServer | undefined {
  const settings = settingsOf(all);
  if (isDistribution(settings)) return distributionServer(settings, location);
  if (isZot(settings)) return zotServer(settings, location);
  if (isHarbor(settings)) return harborServer(settings, location);
  return undefined;
}

const IMAGES: readonly [RegExp, RegistryServer["product"]][] = [
  [/^(?:docker\.io\/)?(?:library\/)?registry$/, "distribution"],
  [/(?:^|\/)(?:distribution|docker-registry|registry-photon|library\/registry)$/, "distribution"],
  [/(?:^|\/)project-zot\/zot(?:-minimal)?(?:-linux-(?:amd64|arm64))?$/, "zot"],
];

/** By an image's name with its registry, without tag and digest. */
export function productOfImage(name: string): RegistryServer["product"] | undefined {
  return IMAGES.find(([pattern]) => pattern.test(name))?.[1];
}

/** Where the programs look for their configuration, when no argument names another place. */
export const configurationPaths: Readonly<Record<RegistryServer["product"], readonly string[]>> = {
  distribution: ["/etc/docker/registry/config.yml", "/etc/distribution/config.yml"],
  zot: ["/etc/zot/config.json"],
  harbor: [],
};
