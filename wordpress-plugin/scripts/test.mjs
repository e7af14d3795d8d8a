/** Runs the unit tests (`*.test.ts`) of the scripts: bundles each, then hands them to Node's own runner. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = dirname( dirname( fileURLToPath( import.meta.url ) ) );
const files = await readdir( join( root, 'src' ), { recursive: true } );
const entryPoints = files
	.filter( ( file ) => file.endsWith( '.test.ts' ) )
	.map( ( file ) => join( root, 'src', file ) );
const outdir = await mkdtemp( join( tmpdir(), 'platen-test-' ) );
try {
	await build( {
		entryPoints,
		outdir,
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node20',
		outExtension: { '.js': '.mjs' },
		sourcemap: 'inline',
		logLevel: 'warning',
	} );
	// Named one by one: Node 20 looks into a folder, Node 22 does not.
	const bundles = ( await readdir( outdir, { recursive: true } ) )
		.filter( ( file ) => file.endsWith( '.mjs' ) )
		.map( ( file ) => join( outdir, file ) );
	const run = spawnSync( process.execPath, [ '--enable-source-maps', '--test', ...bundles ], {
		stdio: 'inherit',
	} );
	process.exitCode = run.status ?? 1;
} finally {
	await rm( outdir, { recursive: true, force: true } );
}
