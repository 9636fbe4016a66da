import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { packageName } from "./dockerfile/package-name.ts";
import { deletesPackages } from "./dockerfile/removals.ts";
import { shippedStages } from "./dockerfile/stages.ts";

const tools =
  /^(?:netcat|netcat-openbsd|netcat-traditional|nc|ncat|nmap|nmap-ncat|masscan|tcpdump|wireshark|tshark|strace|ltrace|gdb|gdbserver|socat|hping3?|arping|dsniff|ettercap[\w-]*|john|hydra|sqlmap|aircrack-ng|telnet|rsh-client|iperf3?|bpftrace|perf|linux-perf|mtr|mtr-tiny|traceroute)$/;

/** Tools that help an attacker on. */
export const debugToolsShipped = dockerfileCheck<"commands">({
  name: "debug-tools-shipped",
  title: "Debugging and network tools in the final image",
  severity: "low",
  documentation: {
    what: "Checks the last stage and those that it is built on for packages of network scanners, sniffers, tracers and debuggers that are installed and not removed in the same `RUN`. Not reported: a tool that `CMD` or `ENTRYPOINT` starts.",
    why: "Who has broken into a container uses what is there: netcat for a shell that calls out, nmap to look around, tcpdump and gdb to read others' data.",
    fix: "Leave them out, and debug with `kubectl debug` or `docker debug`, which bring their own image.",
    references: ["https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#ephemeral-container"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    // An image that is for the tool has it for a reason.
    const purposes = new Set(
      commands.flatMap(({ command, instruction }) =>
        instruction.keyword === "CMD" || instruction.keyword === "ENTRYPOINT" ? (command.program ?? []) : [],
      ),
    );
    const shipped = shippedStages(dockerfile);
    for (const { packages, instruction } of installsOf(commands, "apt", "apk", "dnf", "zypper")) {
      const { stage } = instruction;
      if (instruction.keyword !== "RUN" || stage === undefined || !shipped.has(stage)) continue;
      const found = packages.filter(
        ({ text }) =>
          tools.test(packageName(text)) && !purposes.has(packageName(text)) && !deletesPackages(instruction, text),
      );
      const [first] = found;
      if (first === undefined) continue;
      const names = found.map(({ text }) => packageName(text));
      yield {
        subject: names.join(" "),
        title: `${names.slice(0, 5).join(", ")} ${names.length === 1 ? "is" : "are"} installed in the final image`,
        range: first.range,
        stage,
        fix: "remove the tools; debug with a separate image (kubectl debug)",
      };
    }
  },
});
