/** Platforms by name. */
import { Problem } from "../../core/problem.ts";
import type { Platform } from "./model.ts";

/** `linux/amd64`, `linux/arm/v7`. */
export function parsePlatform(written: string): Platform {
  const [os, architecture, variant, ...rest] = written.split("/");
  if (!os || !architecture || rest.length > 0) {
    throw new Problem({
      kind: "usage",
      code: "oci.platform",
      place: `--platform ${written}`,
      cause: "a platform is os/architecture or os/architecture/variant",
      remedy: "for example linux/arm64",
    });
  }
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

export function formatPlatform(platform: Platform): string {
  return [platform.os || "unknown", platform.architecture || "unknown", platform.variant].filter(Boolean).join("/");
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** What an engine on this machine would pull: Linux, with this machine's architecture. */
export function hostPlatform(): Platform {
  return { os: "linux", architecture: architectures[process.arch] ?? process.arch };
}
