// Puts Swagger UI and a page that shows this server's /openapi.json into dist/, served by the bridge and the shop at /docs/.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

const FILES = ["swagger-ui.css", "swagger-ui-bundle.js"];

const source = path.dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
await mkdir("dist", { recursive: true });
await Promise.all(FILES.map((file) => copyFile(path.join(source, file), path.join("dist", file))));
await writeFile(
  "dist/start.js",
  `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, supportedSubmitMethods: [] });\n`,
);
await writeFile(
  "dist/index.html",
  `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>API</title>
  <link rel="stylesheet" href="swagger-ui.css" />
  <div id="api"></div>
  <script src="swagger-ui-bundle.js"></script>
  <script src="start.js"></script>
</html>
`,
);
