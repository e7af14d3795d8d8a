import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseInline, parseMarkdown, plainText } from './markdown.ts';

const text = ( value: string ) => ( { kind: 'text', text: value } );

test( 'reads emphasis, code and links within a line', () => {
	assert.deepEqual( parseInline( 'a **b _c_** `d*e*` [f](https://g.example/h)' ), [
		text( 'a ' ),
		{ kind: 'strong', children: [ text( 'b ' ), { kind: 'emphasis', children: [ text( 'c' ) ] } ] },
		text( ' ' ),
		{ kind: 'code', text: 'd*e*' },
		text( ' ' ),
		{ kind: 'link', href: 'https://g.example/h', children: [ text( 'f' ) ] },
	] );
} );

test( 'links web addresses only', () => {
	for ( const target of [ 'javascript:alert(1)', 'data:text/html,x', '//h.example', 'JaVaScRiPt:x', 'http:// ' ] ) {
		const source = `[x](${ target })`;
		assert.ok(
			! JSON.stringify( parseInline( source ) ).includes( '"link"' ),
			`${ source } must stay text`
		);
	}
	assert.deepEqual( parseInline( 'see https://h.example/a_b_c.' ), [
		text( 'see ' ),
		{ kind: 'link', href: 'https://h.example/a_b_c', children: [ text( 'https://h.example/a_b_c' ) ] },
		text( '.' ),
	] );
} );

test( 'leaves what is no mark as it was typed', () => {
	for ( const source of [ '2 * 3 * 4', 'snake_case_name', '**open', '`open', '<b>x</b>', 'a ** b **' ] ) {
		assert.deepEqual( parseInline( source ), [ text( source ) ], source );
	}
	assert.deepEqual( parseInline( '\\*not\\* this' ), [ text( '*not* this' ) ] );
} );

test( 'reads paragraphs, headings, lists and fences', () => {
	const blocks = parseMarkdown( '# Title\none\ntwo\n\n1. a\n   - b\n\n2. c\n```js\n<x>\n\n```\nend' );
	assert.deepEqual(
		blocks.map( ( { kind } ) => kind ),
		[ 'heading', 'paragraph', 'list', 'code', 'paragraph' ]
	);
	assert.deepEqual( blocks[ 2 ], {
		kind: 'list',
		isOrdered: true,
		start: 1,
		items: [
			{
				children: [ text( 'a' ) ],
				nested: [
					{ kind: 'list', isOrdered: false, start: 1, items: [ { children: [ text( 'b' ) ], nested: [] } ] },
				],
			},
			{ children: [ text( 'c' ) ], nested: [] },
		],
	} );
	assert.deepEqual( blocks[ 3 ], { kind: 'code', text: '<x>\n' } );
} );

test( 'shows a fence that is not closed yet', () => {
	assert.deepEqual( parseMarkdown( '```\nline' ), [ { kind: 'code', text: 'line' } ] );
} );

test( 'ends in time and depth on hostile text', () => {
	const began = performance.now();
	for ( const mark of [ '*', '_', '`', '[', '**a ', '- ', '> ', '[a](', '\\', 'http://' ] ) {
		parseMarkdown( mark.repeat( 20_000 ) );
	}
	parseMarkdown( Array.from( { length: 500 }, ( _, depth ) => `${ ' '.repeat( depth ) }- x` ).join( '\n' ) );
	assert.ok( performance.now() - began < 3_000, 'took too long' );
} );

test( 'says the words without the marks', () => {
	assert.equal( plainText( '**Hi** [you](https://h.example)\n\n- a `b`\n- c' ), 'Hi you\na b\nc' );
} );
