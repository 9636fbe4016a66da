import type { PlacedCommand } from "../../engines/dockerfile/model.ts";
import { verifies } from "./dockerfile/downloads.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";
import { unsignedSwitch } from "./dockerfile/unsigned-packages.ts";

/** Files by a path, which a checksum in the same RUN vouches for as well. */
function isVerifiedFile({ command, instruction }: PlacedCommand): boolean {
  const [, ...files] = operandsOf(command, ["-X", "--repository", "-t", "--virtual"]);
  const isFile = files.length > 0 && files.every(({ text }) => /\.(?:apk|deb|rpm)$/.test(text));
  return isFile && instruction.commands.slice(0, command.index).some(verifies);
}

/** Packages that are installed though nobody has signed them. */
export const packageSignaturesOff = dockerfileCheck<"commands">({
  name: "package-signatures-off",
  title: "Package signature verification disabled",
  severity: "high",
  withoutControl: "control 7 is about signatures of images, not of packages",
  documentation: {
    what: "Checks for options and settings that make apt, dnf, yum, rpm, apk and zypper install packages, or use repositories, whose signature is missing or wrong: `--allow-unauthenticated`, `--force-yes`, `[trusted=yes]`, `--nogpgcheck`, `gpgcheck=0`, `--allow-untrusted`, `--no-gpg-checks` and their like. Not reported: a package file that the same `RUN` has compared with a checksum.",
    why: "The signature is all that says that a package comes from its distribution. Without it a mirror, a proxy or anyone who sits on the way decides what is installed, as root.",
    fix: "Install the repository's key (`signed-by=` for apt, `gpgkey=` for dnf, `/etc/apk/keys` for apk) and leave the check on.",
    references: [
      "https://manpages.debian.org/apt-secure.8",
      "https://dnf.readthedocs.io/en/latest/conf_ref.html",
      "https://man.archlinux.org/man/apk.8",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const placed of commands) {
      const { command, instruction } = placed;
      const found = unsignedSwitch(placed.command);
      if (found === undefined || isVerifiedFile(placed)) continue;
      yield {
        subject: `${command.program ?? "a command"} ${found}`,
        title: `${found} disables package signature verification`,
        range: command.programWord?.range ?? command.range,
        stage: instruction.stage,
        fix: "install the key of the repository and keep verification enabled",
      };
    }
  },
});
