import { type Block, type Inline, type ListItem, parseMarkdown } from './markdown.ts';

/** Shows an answer. Every node is made by name and every text set as text. */
export function renderMarkdown( element: Element, text: string ): void {
	element.replaceChildren( ...parseMarkdown( text ).map( blockNode ) );
}

/** Shows what was typed, as it was typed. */
export function renderPlain( element: Element, text: string ): void {
	element.replaceChildren( make( 'p', [ text ] ) );
}

function blockNode( block: Block ): Node {
	switch ( block.kind ) {
		case 'paragraph':
			return make( 'p', block.children.map( inlineNode ) );
		case 'heading':
			// The page's own outline must not change with every answer: a heading is a bold line.
			return make( 'p', [ make( 'strong', block.children.map( inlineNode ) ) ] );
		case 'code':
			return codeBlock( block.text );
		case 'list': {
			const list = make( block.isOrdered ? 'ol' : 'ul', block.items.map( listItem ) );
			if ( block.isOrdered && block.start !== 1 ) {
				list.setAttribute( 'start', String( block.start ) );
			}
			return list;
		}
	}
}

/** Code runs from left to right in any language, and scrolls; so the keyboard must reach it. */
function codeBlock( text: string ): Node {
	const block = make( 'pre', [ make( 'code', [ text ] ) ] );
	block.setAttribute( 'dir', 'ltr' );
	block.setAttribute( 'tabindex', '0' );
	return block;
}

function listItem( item: ListItem ): Node {
	return make( 'li', [ ...item.children.map( inlineNode ), ...item.nested.map( blockNode ) ] );
}

function inlineNode( inline: Inline ): Node | string {
	switch ( inline.kind ) {
		case 'text':
			return inline.text;
		case 'code':
			return make( 'code', [ inline.text ] );
		case 'strong':
			return make( 'strong', inline.children.map( inlineNode ) );
		case 'emphasis':
			return make( 'em', inline.children.map( inlineNode ) );
		case 'link': {
			const link = make( 'a', inline.children.map( inlineNode ) );
			link.setAttribute( 'href', inline.href );
			link.setAttribute( 'rel', 'nofollow ugc noopener noreferrer' );
			link.setAttribute( 'target', '_blank' );
			return link;
		}
	}
}

function make( name: string, children: Array< Node | string > ): HTMLElement {
	const element = document.createElement( name );
	element.append( ...children );
	return element;
}
