import type { Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { UnreadManager } from "../../model.ts";

/**
 * Package managers whose databases are known and not read: what they installed is not judged, and that is said once for
 * each of them. `wants` is for one file that each installation has.
 */
interface UnreadDatabase {
  readonly manager: UnreadManager;
  readonly what: string;
  readonly basenames?: readonly string[];
  readonly extensions?: readonly string[];
  readonly wants: RegExp;
}

const DATABASES: readonly UnreadDatabase[] = [
  {
    manager: "portage",
    what: "packages of Gentoo's Portage",
    basenames: ["PF"],
    wants: /^var\/db\/pkg\/[^/]+\/[^/]+\/PF$/,
  },
  {
    manager: "nix",
    what: "packages of Nix",
    // Images that Nix builds have its store and no database: nearly all of them have the C library.
    basenames: ["schema", "libc.so.6", "libc.musl-x86_64.so.1"],
    wants: /^nix\/(?:var\/nix\/db\/schema$|store\/[^/]+\/lib\/libc\.)/,
  },
  {
    manager: "homebrew",
    what: "packages of Homebrew",
    basenames: ["INSTALL_RECEIPT.json"],
    wants: /(?:^|\/)Cellar\/[^/]+\/[^/]+\/INSTALL_RECEIPT\.json$/,
  },
  {
    manager: "snap",
    what: "snaps",
    basenames: ["snap.yaml", "state.json"],
    wants: /^(?:snap\/[^/]+\/[^/]+\/meta\/snap\.yaml|var\/lib\/snapd\/state\.json)$/,
  },
  {
    manager: "flatpak",
    what: "packages of Flatpak",
    basenames: ["deploy"],
    wants: /^var\/lib\/flatpak\/(?:app|runtime)\/.{1,1024}\/deploy$/,
  },
  { manager: "opkg", what: "packages of opkg", basenames: ["status"], wants: /^(?:usr|var)\/lib\/opkg\/status$/ },
  {
    manager: "xbps",
    what: "packages of Void's XBPS",
    extensions: [".plist"],
    wants: /^var\/db\/xbps\/pkgdb-[^/]+\.plist$/,
  },
  {
    manager: "kernel-modules",
    what: "kernel modules of no package",
    basenames: ["modules.order"],
    wants: /^(?:usr\/)?lib\/modules\/[^/]+\/modules\.order$/,
  },
];

/** The code of what they answer: the same is said once, however many files there are. */
export const DATABASE_NOT_READ = "contents.database-not-read";

export const unreadDatabases: readonly Analyser[] = DATABASES.map(({ manager, what, wants, ...where }) => ({
  id: `unread-${manager}`,
  version: 1,
  evidence: "installed",
  ...where,
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => wants.test(path),
  analyse: () => ({ kind: "unreadable", code: DATABASE_NOT_READ, reason: `${what} are not read`, concerns: manager }),
}));
