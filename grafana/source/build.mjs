// Writes ../dashboards/*.json; with --check only compares, and fails when a file is not what the source says.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { overview } from "./overview.mjs";
import { pipeline } from "./pipeline.mjs";
import { quality } from "./quality.mjs";
import { resilience } from "./resilience.mjs";
import { services } from "./services.mjs";

const check = process.argv.includes("--check");
const folder = new URL("../dashboards/", import.meta.url);
mkdirSync(folder, { recursive: true });

let different = 0;
for (const [name, build] of Object.entries({ overview, pipeline, resilience, quality, services })) {
  const file = new URL(`${name}.json`, folder);
  const json = `${JSON.stringify(build().build(), null, 2)}\n`;
  if (!check) {
    writeFileSync(file, json);
  } else if (readFileSync(file, "utf8") !== json) {
    console.error(`grafana/dashboards/${name}.json is not what grafana/source/${name}.mjs builds: run 'npm run build' in grafana/.`);
    different++;
  }
}
process.exitCode = different > 0 ? 1 : 0;
