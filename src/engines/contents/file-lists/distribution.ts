/** The lists of files in the databases of distributions: dpkg, apk, rpm, pacman. */
import { bounds } from "../bounds.ts";
import { listedFiles } from "../packages/rpm/files.ts";
import { readRpmTags } from "../packages/rpm/header.ts";
import { rpm, rpmHeaders } from "../packages/rpm/rpm.ts";
import { textLines } from "../packages/text-lines.ts";
import type { FileList, FileListReader } from "./model.ts";

const DPKG_INFO = "var/lib/dpkg/info/";
const DPKG_PARTS = "var/lib/dpkg/status.d/";

/** `info/NAME.list` or `info/NAME:ARCHITECTURE.list`: absolute paths, folders too (dpkg(1), "Files"). */
export const dpkgList: FileListReader = {
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => path.startsWith(DPKG_INFO) && path.endsWith(".list"),
  *read({ path, bytes }) {
    const [name = "", architecture] = path.slice(DPKG_INFO.length, -".list".length).split(":", 2);
    yield {
      owner: { kind: "package", type: "deb", name, ...(architecture === undefined ? {} : { architecture }) },
      files: map(textLines(bytes.toString("utf8")), ({ text }) => text.slice(1)),
    };
  },
};

/** Distroless images have `status.d/PART.md5sums` beside the package's stanza: a digest, two blanks, a relative path. */
export const dpkgDigests: FileListReader = {
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => path.startsWith(DPKG_PARTS) && path.endsWith(".md5sums"),
  *read({ path, bytes }) {
    yield {
      owner: { kind: "declared", path: path.slice(0, -".md5sums".length) },
      files: map(textLines(bytes.toString("utf8")), ({ text }) => text.slice(text.indexOf("  ") + 2)),
    };
  },
};

const APK = /^(?:usr\/)?lib\/apk\/db(?:-uvol)?\/installed$/;

/** The installed database of apk: `F:` a folder, `R:` a file in the last folder (apk-package(5)). */
export const apkDatabase: FileListReader = {
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => APK.test(path),
  *read({ bytes }) {
    let [name, version, architecture, folder] = ["", "", "", ""];
    let files: string[] = [];
    const finished = (): FileList => ({
      owner: { kind: "package", type: "apk", name, version, ...(architecture === "" ? {} : { architecture }) },
      files,
    });
    for (const { text } of textLines(bytes.toString("utf8"))) {
      const value = text.slice(2);
      if (text === "") {
        if (name !== "") yield finished();
        [name, version, architecture, folder] = ["", "", "", ""];
        files = [];
      } else if (text.startsWith("P:")) name = value;
      else if (text.startsWith("V:")) version = value;
      else if (text.startsWith("A:")) architecture = value.trim();
      else if (text.startsWith("F:")) folder = value === "" ? "" : `${value}/`;
      else if (text.startsWith("R:")) files.push(folder + value);
    }
    if (name !== "") yield finished();
  },
};

/** rpm's own database, in any of its formats. */
export const rpmDatabase: FileListReader = {
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => /\/(?:rpmdb\.sqlite|Packages|Packages\.db)$/.test(path) && rpm.wants(path),
  companions: (path) => rpm.companions?.(path) ?? [],
  *read(file) {
    for (const entry of rpmHeaders(file)) {
      if (!Buffer.isBuffer(entry)) continue;
      const { header, files } = readRpmTags(entry);
      const { name, version, release, epoch, architecture } = header;
      if (name === undefined) continue;
      const full = `${epoch === undefined ? "" : `${epoch}:`}${version ?? ""}-${release ?? ""}`;
      yield {
        owner: {
          ...({ kind: "package", type: "rpm", name, version: full } as const),
          ...(architecture === undefined ? {} : { architecture }),
        },
        files: map(listedFiles(files), ({ path }) => path),
      };
    }
  },
};

const PACMAN = /^var\/lib\/pacman\/local\/[^/]+\/files$/;

/** Pacman's `files` beside a package's `desc`: below `%FILES%` a relative path a line, folders end in a slash. */
export const pacmanFiles: FileListReader = {
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => PACMAN.test(path),
  *read({ path, bytes }) {
    const files: string[] = [];
    let listed = false;
    for (const { text } of textLines(bytes.toString("utf8"))) {
      if (text.startsWith("%")) listed = text === "%FILES%";
      else if (listed && text !== "" && !text.endsWith("/")) files.push(text);
    }
    yield { owner: { kind: "declared", path: path.slice(0, path.lastIndexOf("/")) }, files };
  },
};

/** dpkg-divert(1): three lines each, what is diverted, where to, and by which package (`:` is the administrator). */
export const DIVERSIONS = "var/lib/dpkg/diversions";

export interface Diversion {
  readonly from: string;
  readonly to: string;
  readonly by: string;
}

export function readDiversions(bytes: Buffer): Diversion[] {
  const lines = [...textLines(bytes.toString("utf8"))].map(({ text }) => text);
  const found: Diversion[] = [];
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from = "", to = "", by = ""] = lines.slice(at, at + 3);
    found.push({ from: from.slice(1), to: to.slice(1), by });
  }
  return found;
}

function* map<From, To>(items: Iterable<From>, to: (item: From) => To): Generator<To> {
  for (const item of items) yield to(item);
}
