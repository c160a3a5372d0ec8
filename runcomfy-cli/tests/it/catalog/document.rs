//! A page as a browser reads it.

use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A page.
#[derive(Debug)]
pub(crate) struct Document {
    root: Element,
    /// What a browser repairs in silence.
    pub(crate) errors: Vec<String>,
}

impl Document {
    pub(crate) fn parse(html: &str) -> Self {
        let dom = html5ever::parse_document(RcDom::default(), Default::default()).one(html);
        let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
        Self { root: Element(dom.document), errors }
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = Element> + use<> {
        self.root.elements()
    }

    /// The first element with this name.
    pub(crate) fn first(&self, name: &str) -> Element {
        self.elements().find(|element| element.name() == name).unwrap()
    }

    pub(crate) fn by_id(&self, id: &str) -> Element {
        self.elements().find(|element| element.attribute("id").as_deref() == Some(id)).unwrap()
    }
}

/// An element.
#[derive(Clone)]
pub(crate) struct Element(Handle);

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

impl Element {
    /// The elements inside it, in the order of the page.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Self> + use<> {
        let mut open: Vec<_> = self.0.children.borrow().iter().rev().cloned().collect();
        std::iter::from_fn(move || {
            loop {
                let node = open.pop()?;
                open.extend(node.children.borrow().iter().rev().cloned());
                if matches!(node.data, NodeData::Element { .. }) {
                    return Some(Self(node));
                }
            }
        })
    }

    pub(crate) fn name(&self) -> String {
        match &self.0.data {
            NodeData::Element { name, .. } => name.local.to_string(),
            _ => String::new(),
        }
    }

    pub(crate) fn attributes(&self) -> Vec<(String, String)> {
        let NodeData::Element { attrs, .. } = &self.0.data else { return Vec::new() };
        let attrs = attrs.borrow();
        attrs.iter().map(|one| (one.name.local.to_string(), one.value.to_string())).collect()
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let found = self.attributes().into_iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// The text inside it, with a space between blocks.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        add_text(&self.0, &mut text);
        text.trim().to_owned()
    }
}

fn add_text(node: &Handle, text: &mut String) {
    match &node.data {
        NodeData::Text { contents } => text.push_str(&contents.borrow()),
        NodeData::Element { name, .. } => {
            let is_block =
                ["p", "div", "li", "dt", "dd", "small", "figcaption"].contains(&&*name.local);
            if is_block && !text.ends_with(' ') {
                text.push(' ');
            }
            node.children.borrow().iter().for_each(|child| add_text(child, text));
        }
        _ => node.children.borrow().iter().for_each(|child| add_text(child, text)),
    }
}
