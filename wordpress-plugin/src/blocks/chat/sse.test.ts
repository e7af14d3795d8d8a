import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type SseEvent, SseParser } from './sse.ts';

const STREAM =
	'\uFEFFretry: 1000\n\nid: 1-0\nevent: status\ndata: {"status":"running"}\n\n: heartbeat\n\nid: 1-1\r\nevent: delta\r\ndata: a\r\ndata:  b\r\n\r\ndata: last\r\rnothing\n\ndata: cut off';

const EVENTS: SseEvent[] = [
	{ id: '1-0', event: 'status', data: '{"status":"running"}' },
	{ id: '1-1', event: 'delta', data: 'a\n b' },
	{ id: '1-1', event: 'message', data: 'last' },
];

test( 'reads events with all line ends, comments and inherited ids', () => {
	assert.deepEqual( new SseParser().push( STREAM ), EVENTS );
} );

test( 'gives the same events however the text is cut', () => {
	for ( let cut = 1; cut < STREAM.length; cut += 1 ) {
		const parser = new SseParser();
		const events = [
			...parser.push( STREAM.slice( 0, cut ) ),
			...parser.push( STREAM.slice( cut ) ),
		];
		assert.deepEqual( events, EVENTS, `cut at ${ cut }` );
	}
	const parser = new SseParser();
	assert.deepEqual( [ ...STREAM ].flatMap( ( letter ) => parser.push( letter ) ), EVENTS );
} );
