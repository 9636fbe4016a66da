/**
 * The least that a webhook can be: reads an AdmissionReview over TLS, parses it, and admits it. What a guard costs beyond is
 * what it judges. Run by itself: `node bare-responder.ts CERTIFICATE KEY`; says its port in one line.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

const [certificate = "", key = ""] = process.argv.slice(2);

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const { apiVersion, kind, request: asked } = JSON.parse(Buffer.concat(parts).toString("utf8"));
    const answer = JSON.stringify({ apiVersion, kind, response: { uid: asked.uid, allowed: true } });
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) });
    response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.once("SIGTERM", () => process.exit(0));
