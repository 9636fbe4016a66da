// biome-ignore lint/style/useNodejsImportProtocol: the Node of these images knows no node: names
const http = require("http");

http.createServer((_, response) => response.end("web")).listen(8080);
