/**
 * The shop with its registry, its cluster and its guard: `node examples/shop/cluster.ts [insecure] [--serve]` starts them on
 * loopback, checks the directory and the cluster together, and ends them again; with `--serve` once it is interrupted. It needs
 * a Kubernetes API server (`scripts/setup-cluster`, which `make demo-cluster` runs), docker-registry and etcd.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { program } from "../../test/bulkhead.ts";
import { clusterMissing } from "../../test/cluster/api-server.ts";
import { startShopCluster } from "../../test/cluster/shop-cluster.ts";

const version = process.argv.includes("insecure") ? "insecure" : "hardened";
if (clusterMissing !== false) throw new Error(clusterMissing);
process.stderr.write(`starting the ${version} shop: its registry, signatures, API server, guard and nodes\n`);
const shop = await startShopCluster(version);
try {
  // On this terminal, in its width and colors; the exit code is the verdict, and no failure of the demonstration.
  const child = spawn(process.execPath, [program, "check", ...shop.words, "--format", "table", "--quiet"], {
    cwd: shop.folder,
    env: { ...process.env, HOME: shop.folder },
    stdio: ["ignore", "inherit", "inherit"],
  });
  await once(child, "close");
  if (process.argv.includes("--serve")) {
    process.stderr.write(`\ncd ${shop.folder} && npx bulkhead check ${shop.words.join(" ")}\nCtrl-C ends it\n`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  }
} finally {
  await shop.stop();
}
