import type { Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { PackageRecord } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { textLines } from "../text-lines.ts";
import { unreadEntries } from "../unread.ts";
import { sourceOf } from "./source.ts";

/**
 * What distroless images of Azure Linux and CBL-Mariner have in place of rpm's database (microsoft/azurelinux, toolkit,
 * `installutils`): a line of ten fields parted by tabs for each package, `NAME VERSION-RELEASE INSTALLTIME BUILDTIME
 * VENDOR (none) SIZE ARCH EPOCHNUM SOURCERPM`. The other list beside it has less of the same.
 */
export const rpmContainerManifest: Analyser = {
  id: "rpm-container-manifest",
  version: 1,
  evidence: "installed",
  basenames: ["container-manifest-2"],
  maxBytes: bounds.smallFileBytes,
  wants: (path) => path === "var/lib/rpmmanifest/container-manifest-2",
  analyse({ bytes }) {
    const packages: PackageRecord[] = [];
    const unread = unreadEntries();
    for (const { number, text } of textLines(bytes.toString("utf8"))) {
      if (text.trim() === "") continue;
      const [name, release, , , vendor, , , architecture, epoch, source] = text.split("\t");
      if (source === undefined) {
        unread.add(`line ${number} has not ten fields`);
        continue;
      }
      const version = epoch === undefined || /^(?:0|\(none\))?$/.test(epoch) ? release : `${epoch}:${release}`;
      const identity = identityOf(name, release === "" ? undefined : version);
      if ("fault" in identity) {
        unread.add(`line ${number} ${identity.fault}`);
        continue;
      }
      if (identity.name === "gpg-pubkey") continue;
      packages.push({
        type: "rpm",
        ...identity,
        ...(isDeclaredText(architecture) ? { architecture } : {}),
        licenses: [],
        source: sourceOf(source, identity.name, release ?? ""),
        ...(isDeclaredText(vendor) && vendor !== "(none)" ? { supplier: vendor } : {}),
      });
    }
    return { kind: "packages", packages, unread: unread.sentences() };
  },
};
