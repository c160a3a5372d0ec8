//! An output that has more than the common fields.

use proc_macro2::TokenStream;
use quote::quote;

use super::objects::shape;
use super::tokens::{doc, ident};
use crate::lower::OutputType;

pub(super) fn output(output: &OutputType) -> TokenStream {
    let fields = output.fields.iter().map(|field| {
        let (name, about, type_) = (ident(&field.name), doc(&field.doc), shape(&field.shape));
        quote! {
            #about
            pub #name: ::core::option::Option<#type_>,
        }
    });
    let names: Vec<_> = output.fields.iter().map(|field| ident(&field.name)).collect();
    let keys = output.fields.iter().map(|field| &field.key);
    quote! {
        /// What a completed job of this model gives: URLs of files, which are fetched without the
        /// token, and the values that the model adds.
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct Output {
            /// The URL of an image.
            pub image: ::core::option::Option<::std::string::String>,
            /// The URL of a video.
            pub video: ::core::option::Option<::std::string::String>,
            /// The URL of a sound.
            pub audio: ::core::option::Option<::std::string::String>,
            /// The URLs of several images.
            pub images: ::std::vec::Vec<::std::string::String>,
            /// The URLs of several videos.
            pub videos: ::std::vec::Vec<::std::string::String>,
            /// The URLs of several sounds.
            pub audios: ::std::vec::Vec<::std::string::String>,
            #(#fields)*
            /// Whatever else came, and what was not of the type expected.
            pub other: __rt::Map,
        }

        impl ::core::convert::From<__rt::Output> for Output {
            fn from(common: __rt::Output) -> Self {
                let mut other = common.other;
                Self {
                    image: common.image,
                    video: common.video,
                    audio: common.audio,
                    images: common.images,
                    videos: common.videos,
                    audios: common.audios,
                    #(#names: __rt::take(&mut other, #keys),)*
                    other,
                }
            }
        }
    }
}
