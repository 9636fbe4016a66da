import type { Asset } from "../../core/asset.ts";
import type { Finding } from "../../core/finding.ts";
import type { Report } from "../../core/report.ts";
import { inRepository, sourcePath } from "../source-path.ts";

/** A line of a file of the repository: all that GitLab can show something beside. */
export interface SourceLine {
  /** From the root of the repository. */
  readonly file: string;
  readonly line?: number;
}

/** The first place of a finding that is in a file of the repository; undefined where none is, as in an image. */
export function sourceLine(report: Pick<Report, "directory">, finding: Finding, asset: Asset): SourceLine | undefined {
  for (const location of finding.locations) {
    const place =
      location.kind === "file" && inRepository(asset)
        ? location
        : location.kind === "object"
          ? location.place
          : location.kind === "image"
            ? location.layer.dockerfile
            : undefined;
    if (place === undefined || place.path === "") continue;
    const file = sourcePath(report, place.path);
    // An absolute path is one of this machine.
    if (!file.startsWith("/")) return { file, ...(place.line === undefined ? {} : { line: place.line }) };
  }
  return undefined;
}
