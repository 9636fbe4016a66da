/** The registry guard's proxy as a program of its own: `node guard.ts ENGINE`; its gates let everything through. */
import { openProxy } from "../../src/guards/registry/proxy/open.fixture.ts";

const proxy = await openProxy(process.argv[2] ?? "");
process.stdout.write(`${proxy.host}\n`);
