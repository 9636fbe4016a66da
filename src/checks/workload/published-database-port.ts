import { containersOf } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { databasePorts } from "../knowledge/database-ports.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Databases of a Compose file that everybody who reaches the machine can reach. */
export const publishedDatabasePort = workloadCheck({
  name: "published-database-port",
  title: "Database ports published on all interfaces",
  severity: "low",
  documentation: {
    what: "Checks `ports` of the services of a Compose file: those of databases, caches and queues that are published without an address, or at `0.0.0.0` or `[::]`. `hostPort` of a pod is reported of Pod Security.",
    why: "Docker publishes past the machine's firewall. Many of these ask for no password as they come, or for one that is known.",
    fix: 'Leave `ports` out: services of one network reach each other without. For tools on the machine publish at its own address: `"127.0.0.1:5432:5432"`.',
    references: ["https://docs.docker.com/engine/network/packet-filtering-firewalls/"],
  },
  needs: { workload: "partial" },
  origins: ["compose"],
  *detect({ workload }) {
    for (const placed of containersOf(workload.pod)) {
      for (const [index, { containerPort, hostPort, hostIP }] of placed.container.ports.entries()) {
        const program = databasePorts.get(containerPort ?? 0);
        if (program === undefined || hostPort === undefined || !isAnywhere(hostIP)) continue;
        yield {
          container: placed,
          path: [...placed.path, "ports", index],
          subject: `port ${containerPort}`,
          title: `Port ${containerPort} (${program}) is published on all interfaces`,
          fix: `remove the port, or publish it on 127.0.0.1: "127.0.0.1:${hostPort}:${containerPort}"`,
          evidence: { port: clip(`${hostIP ?? "0.0.0.0"}:${hostPort}`) },
        };
      }
    }
  },
});

function isAnywhere(address: string | undefined): boolean {
  return address === undefined || address === "" || address === "0.0.0.0" || address === "::" || address === "[::]";
}
