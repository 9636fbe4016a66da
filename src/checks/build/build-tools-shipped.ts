import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { optionWord } from "./dockerfile/options.ts";
import { packageName } from "./dockerfile/package-name.ts";
import { deletesPackages } from "./dockerfile/removals.ts";
import { shippedStages } from "./dockerfile/stages.ts";

const tools =
  /^(?:gcc|g\+\+|gcc-c\+\+|gcc-[0-9]+|g\+\+-[0-9]+|clang|clang-[0-9]+|make|cmake|build-essential|build-base|autoconf|automake|libtool|bison|flex|nasm|yasm|cargo|rustc|golang|golang-go|ghc|gfortran|meson|ninja-build|dpkg-dev|alpine-sdk|rpm-build|maven|gradle)$/;

/** Compilers in the image that runs. */
export const buildToolsShipped = dockerfileCheck<"commands">({
  name: "build-tools-shipped",
  title: "Build tools in the final image",
  severity: "low",
  documentation: {
    what: "Checks the last stage and those that it is built on for packages of compilers and build tools that are installed and not removed in the same `RUN`. Not reported: a group of apk (`--virtual`) that is deleted there.",
    why: "An attacker can build on the spot what the container does not have. The tools also bring most of the vulnerabilities that a scan then shows.",
    fix: "Build in a stage of its own and `COPY --from` what comes out, or remove the tools in the same `RUN`.",
    references: ["https://docs.docker.com/build/building/multi-stage/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const shipped = shippedStages(dockerfile);
    for (const { packages, instruction, command } of installsOf(commands, "apt", "apk", "dnf", "zypper")) {
      const { stage } = instruction;
      if (instruction.keyword !== "RUN" || stage === undefined || !shipped.has(stage)) continue;
      const group = optionWord(command, "-t", "--virtual");
      const name =
        group === undefined
          ? undefined
          : (group.text.split("=")[1] ?? command.arguments[command.arguments.indexOf(group) + 1]?.text);
      if (name !== undefined && deletesPackages(instruction, name)) continue;
      const found = packages.filter(({ text }) => tools.test(packageName(text)) && !deletesPackages(instruction, text));
      const [first] = found;
      if (first === undefined) continue;
      const names = found.map(({ text }) => packageName(text));
      yield {
        subject: names.join(" "),
        title: `${names.slice(0, 5).join(", ")} ${names.length === 1 ? "is" : "are"} installed in the final image`,
        range: first.range,
        stage,
        fix: "build in a separate stage and COPY --from the result",
      };
    }
  },
});
