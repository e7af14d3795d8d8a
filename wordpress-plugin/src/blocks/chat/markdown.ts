/**
 * The part of Markdown that answers are shown in: paragraphs, headings, lists, bold, italic, code,
 * fenced code and links. The result is a tree of plain data; nothing of the text is ever read as HTML.
 */

export type Inline =
	| { kind: 'text'; text: string }
	| { kind: 'code'; text: string }
	| { kind: 'strong' | 'emphasis'; children: Inline[] }
	| { kind: 'link'; href: string; children: Inline[] };

export interface ListItem {
	children: Inline[];
	nested: Block[];
}

export type Block =
	| { kind: 'paragraph' | 'heading'; children: Inline[] }
	| { kind: 'code'; text: string }
	| { kind: 'list'; isOrdered: boolean; start: number; items: ListItem[] };

/** Deeper lists and emphasis are shown as they were typed; a hostile answer must not exhaust the stack. */
const MAX_DEPTH = 8;

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}#{1,6} +(.*?) *#*$/;
const BULLET = /^( *)(?:[-*+]|(\d{1,9})[.)]) +(.*)$/;

export function parseMarkdown( text: string ): Block[] {
	return parseBlocks( text.split( /\r\n|\n|\r/ ), 0 );
}

function parseBlocks( lines: string[], depth: number ): Block[] {
	const blocks: Block[] = [];
	let paragraph: string[] = [];
	const endParagraph = () => {
		if ( paragraph.length > 0 ) {
			blocks.push( { kind: 'paragraph', children: parseInline( paragraph.join( '\n' ) ) } );
			paragraph = [];
		}
	};
	let index = 0;
	while ( index < lines.length ) {
		const line = lines[ index ] ?? '';
		const taken = takeBlock( lines, index, depth );
		if ( taken ) {
			endParagraph();
			blocks.push( taken.block );
			index = taken.next;
			continue;
		}
		if ( line.trim() === '' ) {
			endParagraph();
		} else {
			paragraph.push( line.trim() );
		}
		index += 1;
	}
	endParagraph();
	return blocks;
}

interface Taken {
	block: Block;
	next: number;
}

/** The block that begins at this line, when it is not a paragraph. */
function takeBlock( lines: string[], index: number, depth: number ): Taken | null {
	const line = lines[ index ] ?? '';
	const fence = FENCE.exec( line )?.[ 1 ];
	if ( fence ) {
		return takeFence( lines, index, fence );
	}
	const heading = HEADING.exec( line );
	if ( heading ) {
		const block: Block = { kind: 'heading', children: parseInline( heading[ 1 ] ?? '' ) };
		return { block, next: index + 1 };
	}
	return depth < MAX_DEPTH && BULLET.test( line ) ? takeList( lines, index, depth ) : null;
}

/** An unclosed fence runs to the end: so it looks while it is still being written. */
function takeFence( lines: string[], index: number, fence: string ): Taken {
	let end = index + 1;
	while ( end < lines.length && ! ( lines[ end ] ?? '' ).trim().startsWith( fence ) ) {
		end += 1;
	}
	return {
		block: { kind: 'code', text: lines.slice( index + 1, end ).join( '\n' ) },
		next: end + 1,
	};
}

function takeList( lines: string[], index: number, depth: number ): Taken {
	const first = BULLET.exec( lines[ index ] ?? '' );
	const indent = first?.[ 1 ]?.length ?? 0;
	const isOrdered = first?.[ 2 ] !== undefined;
	const items: ListItem[] = [];
	let next = index;
	while ( next < lines.length ) {
		const bullet = BULLET.exec( lines[ next ] ?? '' );
		const isItem =
			bullet?.[ 1 ]?.length === indent && ( bullet[ 2 ] !== undefined ) === isOrdered;
		if ( ! bullet || ! isItem ) {
			break;
		}
		const end = endOfItem( lines, next + 1, indent );
		items.push( {
			children: parseInline( bullet[ 3 ] ?? '' ),
			nested: parseBlocks( dedent( lines.slice( next + 1, end ) ), depth + 1 ),
		} );
		next = skipBlankBeforeItem( lines, end, indent );
	}
	const start = Number.parseInt( first?.[ 2 ] ?? '1', 10 );
	return { block: { kind: 'list', isOrdered, start, items }, next };
}

/** What is indented deeper than its bullet belongs to the item. */
function endOfItem( lines: string[], from: number, indent: number ): number {
	let end = from;
	for ( let index = from; index < lines.length; index += 1 ) {
		const line = lines[ index ] ?? '';
		if ( line.trim() === '' ) {
			continue;
		}
		if ( indentOf( line ) <= indent ) {
			break;
		}
		end = index + 1;
	}
	return end;
}

function skipBlankBeforeItem( lines: string[], from: number, indent: number ): number {
	let index = from;
	while ( index < lines.length && ( lines[ index ] ?? '' ).trim() === '' ) {
		index += 1;
	}
	return BULLET.exec( lines[ index ] ?? '' )?.[ 1 ]?.length === indent ? index : from;
}

function dedent( lines: string[] ): string[] {
	const indents = lines.filter( ( line ) => line.trim() !== '' ).map( indentOf );
	const least = indents.length === 0 ? 0 : Math.min( ...indents );
	return lines.map( ( line ) => line.slice( Math.min( least, indentOf( line ) ) ) );
}

function indentOf( line: string ): number {
	return line.length - line.trimStart().length;
}

/**
 * Alternatives in order of binding: escape, code, link, bare address, bold, italic.
 * The lengths are bounded because a long run of unclosed marks would else cost time squared.
 */
const INLINE =
	/\\([\\`*_[\]()#+\-.!])|(`+)(.{1,2000}?)\2(?!`)|\[([^[\]\n]{1,500})\]\(\s*(\S{1,2000}?)\s*\)|(https?:\/\/[^\s<>"'`]*[^\s<>"'`.,:;!?)\]*_])|(\*\*|__)(?=\S)(.{1,2000}?)(?<=\S)\7|(?<![\w*])([*_])(?=[^\s*_])(.{1,2000}?)(?<=\S)\9(?![\w*])/gs;

export function parseInline( text: string, depth = 0 ): Inline[] {
	if ( depth >= MAX_DEPTH ) {
		return [ { kind: 'text', text } ];
	}
	const nodes: Inline[] = [];
	let end = 0;
	for ( const match of text.matchAll( INLINE ) ) {
		appendText( nodes, text.slice( end, match.index ) );
		appendMatch( nodes, match, depth );
		end = match.index + match[ 0 ].length;
	}
	appendText( nodes, text.slice( end ) );
	return nodes;
}

function appendMatch( nodes: Inline[], match: RegExpMatchArray, depth: number ): void {
	const [ whole, escaped, , code, label, target, address, , bold, , italic ] = match;
	if ( escaped !== undefined ) {
		appendText( nodes, escaped );
	} else if ( code !== undefined ) {
		nodes.push( { kind: 'code', text: code.replace( /^ (.*) $/s, '$1' ) } );
	} else if ( label !== undefined ) {
		appendLink( nodes, whole, target ?? '', parseInline( label, depth + 1 ) );
	} else if ( address !== undefined ) {
		appendLink( nodes, whole, address, [ { kind: 'text', text: address } ] );
	} else if ( bold !== undefined ) {
		nodes.push( { kind: 'strong', children: parseInline( bold, depth + 1 ) } );
	} else if ( italic !== undefined ) {
		nodes.push( { kind: 'emphasis', children: parseInline( italic, depth + 1 ) } );
	}
}

/** Only web addresses become links; `javascript:` and its like stay the text they are. */
function appendLink( nodes: Inline[], whole: string, target: string, children: Inline[] ): void {
	const href = webAddress( target );
	if ( href === null ) {
		appendText( nodes, whole );
	} else {
		nodes.push( { kind: 'link', href, children } );
	}
}

function webAddress( target: string ): string | null {
	if ( ! /^https?:\/\//i.test( target ) ) {
		return null;
	}
	try {
		return new URL( target ).href;
	} catch {
		return null;
	}
}

function appendText( nodes: Inline[], text: string ): void {
	const last = nodes.at( -1 );
	if ( text === '' ) {
		return;
	}
	if ( last?.kind === 'text' ) {
		last.text += text;
	} else {
		nodes.push( { kind: 'text', text } );
	}
}

/** The words without their marks, as a screen reader should say them. */
export function plainText( text: string ): string {
	return parseMarkdown( text ).map( blockText ).join( '\n' );
}

function blockText( block: Block ): string {
	switch ( block.kind ) {
		case 'code':
			return block.text;
		case 'list':
			return block.items
				.map( ( item ) => [ inlineText( item.children ), ...item.nested.map( blockText ) ].join( '\n' ) )
				.join( '\n' );
		default:
			return inlineText( block.children );
	}
}

function inlineText( inlines: Inline[] ): string {
	return inlines
		.map( ( inline ) => ( 'children' in inline ? inlineText( inline.children ) : inline.text ) )
		.join( '' );
}
