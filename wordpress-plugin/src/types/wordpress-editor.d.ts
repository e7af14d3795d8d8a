/**
 * The little of the block editor's packages that this plugin uses. They are globals of the page
 * (`wp.blocks` …); installing them for their types alone would cost some hundred megabytes.
 */

declare module '@wordpress/blocks' {
	export function registerBlockType< Props >(
		name: string,
		settings: { edit: ( props: Props ) => JSX.Element; save: () => null }
	): void;
}

declare module '@wordpress/block-editor' {
	export function InspectorControls( props: { children: JSX.Element } ): JSX.Element;
	export function useBlockProps(): Record< string, unknown >;
}

declare module '@wordpress/components' {
	interface FieldProps {
		label: string;
		help?: string;
		value: string;
		placeholder?: string;
		onChange: ( value: string ) => void;
		__nextHasNoMarginBottom?: boolean;
	}
	export function PanelBody( props: { title: string; children: JSX.Element[] } ): JSX.Element;
	export function TextControl( props: FieldProps & { __next40pxDefaultSize?: boolean } ): JSX.Element;
	export function TextareaControl( props: FieldProps ): JSX.Element;
}

declare module '@wordpress/element' {
	export function createElement( ...parts: unknown[] ): JSX.Element;
	export function Fragment( props: { children: JSX.Element[] } ): JSX.Element;
}

declare module '@wordpress/i18n' {
	export function __( text: string, domain: string ): string;
}

declare namespace JSX {
	interface Element {
		readonly type: unknown;
	}
	interface ElementChildrenAttribute {
		children: unknown;
	}
	interface IntrinsicElements {
		[ name: string ]: Record< string, unknown >;
	}
}
