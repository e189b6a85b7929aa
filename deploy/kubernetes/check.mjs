// Renders each overlay and validates every object against the schema of its kind; exits 1 and says where when one is wrong.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import yaml from "js-yaml";

const here = fileURLToPath(new URL(".", import.meta.url));
let wrong = 0;

for (const overlay of ["in-cluster-database", "external-database"]) {
  // A copy, so that the example's secrets serve without touching anybody's own.
  const copy = mkdtempSync(join(tmpdir(), "marketdata-kustomize-"));
  try {
    for (const part of ["base", "overlays"]) cpSync(join(here, part), join(copy, part), { recursive: true });
    cpSync(join(copy, "overlays", overlay, "secrets.example.env"), join(copy, "overlays", overlay, "secrets.env"));
    const objects = yaml.loadAll(execFileSync("kubectl", ["kustomize", join(copy, "overlays", overlay)], { encoding: "utf8" }));
    for (const object of objects) wrong += await problems(overlay, object);
    console.log(`${overlay}: ${objects.length} objects`);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

process.exitCode = wrong > 0 ? 1 : 0;

async function problems(overlay, object) {
  const name = `${overlay}: ${object.kind} ${object.metadata?.name}`;
  // kubectl folds long base64 values over several lines, which YAML allows and the schema's format does not.
  if (object.kind === "Secret") object.data = Object.fromEntries(Object.entries(object.data).map(([key, value]) => [key, value.replace(/\s/g, "")]));
  try {
    const models = await import(`kubernetes-models/${object.apiVersion}`);
    new models[object.kind](object).validate();
    return 0;
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    return 1;
  }
}
