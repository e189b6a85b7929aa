// An object store that speaks S3, on a free port of this machine, with one bucket in a folder of its own; it ends with its standard input.
import S3rver from "s3rver";

const [directory, bucket] = process.argv.slice(2);
const server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory, configureBuckets: [{ name: bucket }] });
const { port } = await server.run();
console.log(`http://127.0.0.1:${port}`);
process.stdin.on("end", () => process.exit()).resume();
