import { InspectorControls, useBlockProps } from '@wordpress/block-editor';
import { PanelBody, TextareaControl, TextControl } from '@wordpress/components';
import { createElement, Fragment } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

interface ChatAttributes {
	heading: string;
	greeting: string;
	placeholder: string;
}

interface EditProps {
	attributes: ChatAttributes;
	setAttributes: ( changed: Partial< ChatAttributes > ) => void;
}

/** Draws the chat as visitors first see it. It asks nothing: there is no conversation in the editor. */
export function Edit( { attributes, setAttributes }: EditProps ) {
	return (
		<>
			<InspectorControls>
				<Settings attributes={ attributes } setAttributes={ setAttributes } />
			</InspectorControls>
			<div { ...useBlockProps() }>
				<Preview { ...attributes } />
			</div>
		</>
	);
}

function Settings( { attributes, setAttributes }: EditProps ) {
	return (
		<PanelBody title={ __( 'Texts', 'platen' ) }>
			<TextControl
				__next40pxDefaultSize
				__nextHasNoMarginBottom
				label={ __( 'Heading', 'platen' ) }
				value={ attributes.heading }
				placeholder={ defaults().heading }
				onChange={ ( heading ) => setAttributes( { heading } ) }
			/>
			<TextareaControl
				__nextHasNoMarginBottom
				label={ __( 'Greeting', 'platen' ) }
				help={ __( 'The first words of the assistant.', 'platen' ) }
				value={ attributes.greeting }
				placeholder={ defaults().greeting }
				onChange={ ( greeting ) => setAttributes( { greeting } ) }
			/>
			<TextControl
				__next40pxDefaultSize
				__nextHasNoMarginBottom
				label={ __( 'Placeholder', 'platen' ) }
				help={ __( 'Stands in the empty field for the question.', 'platen' ) }
				value={ attributes.placeholder }
				placeholder={ defaults().placeholder }
				onChange={ ( placeholder ) => setAttributes( { placeholder } ) }
			/>
		</PanelBody>
	);
}

function Preview( attributes: ChatAttributes ) {
	const texts = defaults();
	return (
		<section className="platen-chat">
			<header className="platen-chat__header">
				<span className="platen-chat__avatar" aria-hidden="true">
					<svg viewBox="0 0 24 24" width="20" height="20">
						<path d="M12 2.5l2.1 6.4 6.4 2.1-6.4 2.1L12 19.5l-2.1-6.4L3.5 11l6.4-2.1zM19 15.5l.9 2.6 2.6.9-2.6.9-.9 2.6-.9-2.6-2.6-.9 2.6-.9z" />
					</svg>
				</span>
				<h2 className="platen-chat__heading">{ attributes.heading || texts.heading }</h2>
			</header>
			<div className="platen-chat__log">
				<ol className="platen-chat__turns">
					<li className="platen-chat__turn">
						<div className="platen-chat__bubble">
							<div className="platen-chat__text">{ attributes.greeting || texts.greeting }</div>
						</div>
					</li>
				</ol>
			</div>
			<div className="platen-chat__composer">
				<textarea
					rows={ 1 }
					disabled
					aria-label={ __( 'Your question', 'platen' ) }
					placeholder={ attributes.placeholder || texts.placeholder }
				/>
				<span className="platen-chat__button" aria-hidden="true">
					<svg viewBox="0 0 24 24" width="20" height="20">
						<path d="M12 4l7 7-1.5 1.5L13 8v12h-2V8l-4.5 4.5L5 11z" />
					</svg>
				</span>
			</div>
			<p className="platen-chat__hint">
				<span className="platen-chat__keys">
					{ __( 'Enter sends, Shift + Enter starts a new line.', 'platen' ) }
				</span>{ ' ' }
				{ __( 'Answers are written by AI and can be wrong.', 'platen' ) }
			</p>
		</section>
	);
}

/** What is shown where the author left a text empty; the same as in ChatBlock.php. */
function defaults(): ChatAttributes {
	return {
		heading: __( 'Ask us anything', 'platen' ),
		greeting: __( 'Hello! How can I help you?', 'platen' ),
		placeholder: __( 'Write your question…', 'platen' ),
	};
}
