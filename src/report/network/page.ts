/** `network map --format html`: one page that needs nothing else, with the picture and what the text says. */
import { hash } from "node:crypto";
import { diagramMarkup, diagramStyle } from "../diagram.ts";
import { style } from "../html-style.ts";
import { markupText } from "../markup.ts";
import { networkDiagram } from "./diagram.ts";
import { renderNetworkText } from "./text.ts";
import type { NetworkView } from "./view.ts";

/** Ends with a line break. */
export function renderNetworkPage(view: NetworkView): string {
  const css = style + diagramStyle;
  const policy = `default-src 'none'; style-src 'sha256-${hash("sha256", css, "base64")}'; base-uri 'none'; form-action 'none'`;
  const text = renderNetworkText(view, { columns: 120, color: false, all: false });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${markupText(`network of ${view.subject}`)}</title>
<style>${css}</style>
</head>
<body>
<header>
<p class="quiet">${markupText(`${view.tool.name} ${view.tool.version}`)}</p>
<h1>${markupText(view.subject)}</h1>
</header>
<main>
${diagramMarkup(networkDiagram(view))}<section>
<h2>In words</h2>
<pre>${text.split("\n").map(markupText).join("\n")}</pre>
</section>
</main>
</body>
</html>
`;
}
