import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** Folders that the system and its programs are made of (Filesystem Hierarchy Standard 3.0). */
const SYSTEM =
  /^\/(?:$|(?:bin|boot|dev|etc|lib|lib64|proc|root|sbin|sys|usr|home)(?:\/*)$|(?:bin|sbin|boot|dev|proc|sys|usr\/s?bin|usr\/lib)\/)/;

/** Volumes over folders of the system (Dockerfile reference, VOLUME). */
export const systemVolume = dockerfileCheck({
  name: "system-volume",
  title: "Volumes over system directories",
  severity: "medium",
  documentation: {
    what: "Checks the paths of `VOLUME`: the root, `/etc`, `/root`, `/home`, `/usr`, the directories of programs and libraries, `/proc`, `/sys` and `/dev`.",
    why: "A volume is writable also where the root filesystem is read-only, outlives the container and may be shared with others: programs and accounts can be exchanged there, and an update of the image does not reach what the volume keeps.",
    fix: "Name the one directory that the program writes its data to, for example `/var/lib/app`.",
    references: ["https://docs.docker.com/reference/dockerfile/#volume"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "VOLUME") continue;
      for (const { value, text, range } of instruction.words) {
        if (value === undefined || !SYSTEM.test(value)) continue;
        yield {
          subject: `VOLUME ${text}`,
          title: `Volume ${text} is a system directory`,
          range,
          stage: instruction.stage,
          fix: "declare the data directory of the program as the volume",
        };
      }
    }
  },
});
