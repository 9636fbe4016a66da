import type { RatedSeverity } from "../../core/severity.ts";
import type { PathPermissions } from "../../engines/contents/model.ts";
import { clipSubject } from "../findings/one-line.ts";
import { listed, octal, originOf, placesOf } from "../findings/path-places.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** Made for everybody, or mounted over at run time (Filesystem Hierarchy Standard 3.0). */
const SHARED = /^(?:tmp|var\/tmp|dev|proc|sys|run|var\/run|var\/lock)(?:\/|$)/;

/** Where programs are looked for when they have no path, and libraries (execvp(3), ld.so(8)). */
const PROGRAMS = /^(?:usr\/(?:local\/)?)?(?:s?bin|lib(?:32|64|exec|x32)?)(?:\/|$)/;

/** What decides how the system and its programs behave. */
const SETTINGS = /^(?:etc|boot|root)(?:\/|$)/;

type Group = "programs and libraries" | "settings of the system" | "files and folders";

const severities: Readonly<Record<Group, RatedSeverity>> = {
  "programs and libraries": "high",
  "settings of the system": "high",
  "files and folders": "medium",
};

/** What every user of the container may change. */
export const worldWritable: ImageCheck<"paths" | "layers" | "baseLayers"> = {
  id: "image/world-writable",
  title: "World-writable files and directories",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl: "whether files may be written is up to the workload: control 4, by workload/writable-root-filesystem",
  severity: "varies",
  documentation: {
    what: "Checks the mode of every file and directory of every layer. What everyone may write is reported, unless it is a directory with the sticky bit, or lies below `/tmp`, `/var/tmp`, `/dev`, `/run` and the like. Programs, and all in the directories of programs and libraries, are one high finding; all in `/etc`, `/root` and `/boot` is another; the rest is one of medium. Links and devices do not count.",
    why: "Anyone who gets into one process of the container, whatever its user, puts a program of theirs instead of one that others run, root among them.",
    fix: "Give the files to the user that must write them, with `COPY --chown` or `chown`, and leave others the right to read: 755 for programs and directories, 644 for the rest. Do it in the instruction that brings them: a `chmod` in a later one stores every file twice.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
      "https://man7.org/linux/man-pages/man7/inode.7.html",
    ],
  },
  subject: "image",
  needs: { paths: "partial", layers: "partial", baseLayers: "partial" },
  *evaluate({ paths, layers, baseLayers }) {
    const open = paths.filter((one) => one.removedIn === undefined && isOpen(one));
    for (const [key, group] of Map.groupBy(open, (one) => `${groupOf(one)}\n${originOf(one, baseLayers) ?? ""}`)) {
      const [first] = group;
      const [kind, origin] = key.split("\n") as [Group, "base" | "application" | ""];
      if (first === undefined) continue;
      yield {
        subject: clipSubject(`${kind}${origin === "base" ? " of the base" : ""}${toldBy(kind, group)}`),
        severity: severities[kind],
        title: `${counted(group)}: ${listed(group.map(({ path }) => `/${path}`))}`,
        locations: placesOf(group, layers),
        matches: { ids: ["image/world-writable"], path: first.path },
        fix: {
          kind: "instruction",
          text: "set mode 755 or 644 and --chown in the instruction that adds the files",
        },
        ...(origin === "" ? {} : { origin }),
        evidence: { paths: String(group.length), "mode of the first": octal(first.mode) },
      };
    }
  },
};

/** What is written there is run, or obeyed: another one is another finding. Of the rest there may be a thousand, and new ones. */
function toldBy(kind: Group, group: readonly PathPermissions[]): string {
  return kind === "files and folders"
    ? ""
    : `: ${group
        .map(({ path }) => path)
        .sort()
        .join(", ")}`;
}

function isOpen({ path, type, mode }: PathPermissions): boolean {
  if ((mode & 0o002) === 0 || SHARED.test(path)) return false;
  return type === "file" || (mode & 0o1000) === 0;
}

function groupOf({ path, type, mode }: PathPermissions): Group {
  if (PROGRAMS.test(path) || (type === "file" && (mode & 0o111) !== 0)) return "programs and libraries";
  return SETTINGS.test(path) ? "settings of the system" : "files and folders";
}

/** `A file that`, `3 files and 2 folders that` */
function counted(group: readonly PathPermissions[]): string {
  const folders = group.filter(({ type }) => type === "directory").length;
  const files = group.length - folders;
  const parts = [
    ...(files === 0 ? [] : [files === 1 ? "1 world-writable file" : `${files} world-writable files`]),
    ...(folders === 0 ? [] : [folders === 1 ? "1 world-writable directory" : `${folders} world-writable directories`]),
  ];
  return parts.join(" and ");
}
