import { createServer } from "node:http";

createServer((_, response) => response.end("api")).listen(3000);
