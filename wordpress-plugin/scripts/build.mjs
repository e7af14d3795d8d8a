/**
 * Builds every block of `src/blocks` into `build/blocks`: its scripts, the `.asset.php` files WordPress reads
 * their dependencies from, its style, its `block.json` and its templates.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { wordpressGlobals } from './wordpress-globals.mjs';

const root = dirname( dirname( fileURLToPath( import.meta.url ) ) );
const source = join( root, 'src/blocks' );
const target = join( root, 'build/blocks' );

/** What the oldest browsers WordPress 6.5 supports can run, and the Interactivity API's own floor. */
const browsers = [ 'chrome111', 'firefox111', 'safari16.4' ];

const common = {
	bundle: true,
	minify: true,
	target: browsers,
	logLevel: 'warning',
	write: false,
	legalComments: 'none',
};

await rm( target, { recursive: true, force: true } );
for ( const name of await readdir( source ) ) {
	await buildBlock( join( source, name ), join( target, name ) );
}

async function buildBlock( from, to ) {
	await mkdir( to, { recursive: true } );
	await buildEditorScript( join( from, 'index.tsx' ), to );
	await buildViewModule( join( from, 'view.ts' ), to );
	await buildStyle( join( from, 'style.css' ), to );
	for ( const file of [ 'block.json', 'render.php' ] ) {
		await copyFile( join( from, file ), join( to, file ) );
	}
}

/** A classic script: the editor's packages are globals of the page. */
async function buildEditorScript( entry, to ) {
	const globals = wordpressGlobals();
	const code = await bundle( entry, {
		format: 'iife',
		jsxFactory: 'createElement',
		jsxFragment: 'Fragment',
		plugins: [ globals.plugin ],
	} );
	await writeScript( to, 'index', code, { dependencies: globals.handles() } );
}

/** A script module: the browser resolves the Interactivity API by the page's import map. */
async function buildViewModule( entry, to ) {
	const dependency = '@wordpress/interactivity';
	const code = await bundle( entry, { format: 'esm', external: [ dependency ] } );
	await writeScript( to, 'view', code, { dependencies: [ dependency ], type: 'module' } );
}

async function buildStyle( entry, to ) {
	await writeFile( join( to, basename( entry ) ), await bundle( entry, {} ) );
}

async function bundle( entry, options ) {
	const result = await build( { ...common, ...options, entryPoints: [ entry ] } );
	return result.outputFiles[ 0 ].contents;
}

async function writeScript( to, name, code, { dependencies, type } ) {
	const version = createHash( 'sha256' ).update( code ).digest( 'hex' ).slice( 0, 20 );
	const list = dependencies.map( ( handle ) => `'${ handle }'` ).join( ', ' );
	const kind = type === undefined ? '' : `, 'type' => '${ type }'`;
	await writeFile( join( to, `${ name }.js` ), code );
	await writeFile(
		join( to, `${ name }.asset.php` ),
		`<?php return array('dependencies' => array(${ list }), 'version' => '${ version }'${ kind });\n`
	);
}

// A version in block.json that no longer belongs to the plugin would keep an old style in the browsers' caches.
const { version } = JSON.parse( await readFile( join( source, 'chat/block.json' ), 'utf8' ) );
const header = await readFile( join( root, 'platen.php' ), 'utf8' );
if ( ! header.includes( `* Version:           ${ version }\n` ) ) {
	throw new Error( `block.json says version ${ version }, platen.php says another` );
}
