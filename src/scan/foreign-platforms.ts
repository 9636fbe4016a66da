/** Images that were scanned although they are of another platform than the one that is meant: they are the only ones there are. */
import { someOf } from "../core/counted.ts";
import type { Platform } from "../engines/oci/model.ts";
import { formatPlatform, hostPlatform } from "../engines/oci/platform.ts";

export interface ForeignPlatforms {
  /** @param platform - as the image's config states it; empty parts where it states none */
  add(name: string, platform: Platform): void;
  /** One line a platform. */
  notes(): string[];
}

/** Images named in one line. */
const NAMED = 5;

/** @param asked - of --platform; absent: this machine's is meant */
export function foreignPlatforms(asked: Platform | undefined): ForeignPlatforms {
  const wanted = asked ?? hostPlatform();
  const meant =
    asked === undefined ? `this machine's ${formatPlatform(wanted)}` : `${formatPlatform(wanted)} of --platform`;
  const names = new Map<string, string[]>();
  return {
    add(name, platform) {
      if (platform.os === "" || platform.architecture === "" || isMeant(platform, wanted)) return;
      const key = formatPlatform(platform);
      const known = names.get(key);
      if (known === undefined) names.set(key, [name]);
      else known.push(name);
    },
    notes() {
      return [...names].map(([platform, all]) => {
        return `scanned for ${platform}, not ${meant}: ${someOf(all, NAMED)}`;
      });
    },
  };
}

function isMeant(platform: Platform, { os, architecture, variant }: Platform): boolean {
  const fits = platform.os === os && platform.architecture === architecture;
  return fits && (variant === undefined || platform.variant === undefined || platform.variant === variant);
}
