import type { ShellCommand } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption, optionWord } from "./dockerfile/options.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** The option that names the file with the key, where the command makes one. */
function keyOption(command: ShellCommand): readonly string[] | undefined {
  const first = command.arguments[0]?.text ?? "";
  switch (command.program) {
    case "ssh-keygen":
      // Printing, converting, and looking for keys.
      return hasOption(command, "-y", "-l", "-F", "-R", "-H", "-i", "-e", "-B", "-p", "-c", "-s") ? undefined : ["-f"];
    case "dropbearkey":
      return hasOption(command, "-y") ? undefined : ["-f"];
    case "openssl":
      if (first === "genrsa" || first === "genpkey" || first === "gendsa") return ["-out"];
      if (first === "ecparam" && command.arguments.some(({ text }) => text === "-genkey")) return ["-out"];
      return first === "req" && command.arguments.some(({ text }) => text === "-newkey" || text === "-keyout")
        ? ["-keyout"]
        : undefined;
    case "keytool":
      return command.arguments.some(({ text }) => text === "-genkeypair" || text === "-genkey")
        ? ["-keystore"]
        : undefined;
    case "make-ssl-cert":
    case "mkcert":
      return [];
    default:
      return undefined;
  }
}

/** Keys that every container of the image shares. */
export const privateKeyGenerated = dockerfileCheck<"commands">({
  name: "private-key-generated",
  title: "Private keys generated during the build",
  severity: "medium",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks for `ssh-keygen`, `openssl genrsa`, `genpkey`, `req -newkey`, `keytool -genkeypair` and their like in `RUN`, in the last stage and those that it is built on. Not reported: a key that the same `RUN` deletes.",
    why: "The key is in the layer: everyone who can pull the image has it, and every container that is made from it has the same one. What it protects can be read, and the server can be impersonated.",
    fix: "Make the key when the container first starts, or mount it as a secret.",
    references: ["https://docs.docker.com/build/building/best-practices/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const shipped = shippedStages(dockerfile);
    for (const { command, instruction } of commands) {
      const { stage, keyword, commands: all } = instruction;
      const options = keyword === "RUN" && stage !== undefined && shipped.has(stage) ? keyOption(command) : undefined;
      if (options === undefined) continue;
      const option = optionWord(command, ...options);
      const file = option === undefined ? undefined : command.arguments[command.arguments.indexOf(option) + 1]?.text;
      const later = all.slice(command.index + 1).filter(({ program }) => program === "rm" || program === "shred");
      const deletes = (text: string): boolean =>
        text === file || file?.startsWith(`${text.replace(/\/$/, "")}/`) === true;
      if (file !== undefined && later.some(({ arguments: words }) => words.some(({ text }) => deletes(text)))) continue;
      const { program = "" } = command;
      yield {
        subject: file === undefined ? program : `${program} ${file}`,
        title: `${program} generates a private key that every container of the image shares`,
        range: command.range,
        stage,
        fix: "generate the key at container start, or mount a key",
      };
    }
  },
});
